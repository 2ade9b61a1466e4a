using Alur.Host;
using Alur.Host.Commands;
using Alur.Host.Commands.Antrean;
using Alur.Host.Commands.Demo;

return await CommandLine.Run(
    args,
    ServeCommand.Create(),
    MigrateCommand.Create(),
    UserCommand.Create(),
    ApiKeyCommand.Create(),
    DbCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    JournalCommand.Create(),
    AntreanCommand.Create(),
    DoctorCommand.Create(),
    SimulateCommand.Create(),
    DemoCommand.Create());
