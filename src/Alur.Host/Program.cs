using Alur.Host;
using Alur.Host.Commands;

return await CommandLine.Run(
    args,
    ServeCommand.Create(),
    MigrateCommand.Create(),
    ApiKeyCommand.Create(),
    SimulateCommand.Create());
