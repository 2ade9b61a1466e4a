using Alur.SpecCoverage;

return Cli.Run(args, Directory.GetCurrentDirectory(), Console.Out, Console.Error);
