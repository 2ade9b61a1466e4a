using System.CommandLine;
using System.Globalization;
using Alur.Host.Startup;
using Alur.Platform.Postgres;

namespace Alur.Host.Commands;

/// <summary><c>alur db upgrade</c>: the private database to the newest PostgreSQL that is installed.</summary>
internal static class DbCommand
{
    public static Command Create()
    {
        var upgrade = new Command("upgrade", "Move the private database to the newest PostgreSQL that is installed; the server must not run, and the old data is kept") { CommandLine.Json };
        upgrade.SetAction(Upgrade);
        return new Command("db", "The private database itself") { upgrade }.WithSettings();
    }

    private static async Task<int> Upgrade(ParseResult parsed, CancellationToken ct)
    {
        var configuration = HostSettings.Read(parsed);
        if (configuration.GetConnectionString("Alur") is not null)
        {
            throw new Refusal(CommandLine.WrongUsage, "NOT_PRIVATE", ["ConnectionStrings:Alur leads to a PostgreSQL that Alur does not run. Whoever runs it upgrades it, by its own documentation."]);
        }

        var report = await UpgradeCluster.Run(DatabaseSession.Cluster(configuration), line => Console.Error.WriteLine(line + " …"), ct);
        CommandLine.Print(parsed, new { ok = true, from = report.From, to = report.To, tables = report.Tables, rows = report.Rows, kept = report.Kept }, o => Tell(o, report));
        return CommandLine.Succeeded;
    }

    private static void Tell(TextWriter console, UpgradeReport report)
    {
        if (report.Kept is null)
        {
            console.WriteLine($"Nothing to do: the data is of PostgreSQL {report.To}, and no newer one is installed.");
            return;
        }

        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {report.From} is now {report.To}{(report.Tables > 0 ? $": {report.Rows:N0} rows in {report.Tables} tables are the same" : "")}."));
        console.WriteLine($"The old data is in {report.Kept}. Delete it when you have seen that all is well; until then the way back is to put it in pgdata's place (docs/operations.md).");
    }
}
