using System.CommandLine;
using Alur.Host.Startup;
using Alur.Platform.Data;

namespace Alur.Host.Commands;

/// <summary><c>alur migrate up|down|status</c>.</summary>
internal static class MigrateCommand
{
    private static readonly Option<string?> To = new("--to") { Description = "Revert everything after this one, or all with: nothing", HelpName = "MODULE/NNNN" };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask" };

    public static Command Create() => new Command("migrate", "Bring the database's schema up to date, take it back, or show where it is")
    {
        Verb("up", "Apply every pending migration", Up),
        Verb("down", "Revert the migration applied last (destroys what it holds)", Down, To, Yes),
        Verb("status", "List migrations, applied and pending", Status),
    }.WithSettings();

    private static Command Verb(string name, string description, Func<ParseResult, DatabaseSession, CancellationToken, Task<int>> action, params Option[] options)
    {
        var verb = new Command(name, description) { CommandLine.Json };
        Array.ForEach(options, verb.Options.Add);
        verb.SetAction(async (parsed, ct) =>
        {
            await using var database = await DatabaseSession.Open(HostSettings.Read(parsed), asHost: false, ct);
            return await action(parsed, database, ct);
        });
        return verb;
    }

    private static async Task<int> Up(ParseResult parsed, DatabaseSession database, CancellationToken ct)
    {
        var applied = await database.Migrator().Up(ct);
        CommandLine.Print(parsed, new { ok = true, applied }, o => o.WriteLine(applied.Count == 0 ? "Nothing to do." : $"Applied: {string.Join(", ", applied)}"));
        return CommandLine.Succeeded;
    }

    private static async Task<int> Down(ParseResult parsed, DatabaseSession database, CancellationToken ct)
    {
        var migrator = database.Migrator();
        if (!parsed.GetValue(Yes) && !await Confirmed())
        {
            throw new Refusal(CommandLine.WrongUsage, "NOT_CONFIRMED", ["Nothing was reverted. Reverting destroys data; make a backup, then repeat with --yes."]);
        }

        var reverted = await migrator.Down(parsed.GetValue(To), ct);
        CommandLine.Print(parsed, new { ok = true, reverted }, o => o.WriteLine(reverted.Count == 0 ? "Nothing to do." : $"Reverted: {string.Join(", ", reverted)}"));
        return CommandLine.Succeeded;
    }

    private static async Task<bool> Confirmed()
    {
        if (Console.IsInputRedirected)
        {
            return false;
        }

        await Console.Error.WriteAsync("This destroys the data that the reverted migrations hold. Type yes to go on: ");
        return await Console.In.ReadLineAsync() is "yes";
    }

    private static async Task<int> Status(ParseResult parsed, DatabaseSession database, CancellationToken ct)
    {
        var all = await new Migrator(database.Owner ?? database.App, AlurModules.Migrations).Status(ct);
        CommandLine.Print(
            parsed,
            new { ok = true, pending = all.Count(m => m.AppliedAt is null), migrations = all },
            o =>
            {
                foreach (var m in all)
                {
                    o.WriteLine($"{(m.AppliedAt is { } at ? $"{at:yyyy-MM-dd HH:mm:ss}Z" : "pending"),-21} {m.Id}{(m.Edited ? "  EDITED SINCE" : "")}{(m.Unknown ? "  of a newer program" : "")}");
                }
            });
        return all.Any(m => m.Edited) ? CommandLine.Failed : CommandLine.Succeeded;
    }
}
