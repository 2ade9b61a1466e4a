using System.CommandLine;
using Alur.Host.Startup;
using Alur.Platform.Postgres;
using Npgsql;

namespace Alur.Host.Commands;

/// <summary>
/// <c>alur restore FILE</c>: a backup into an empty database. All of it or nothing; what was sent after the backup is found at BPJS by the server
/// itself, which notices that its database is a copy.
/// </summary>
internal static class RestoreCommand
{
    private const string FindTables = """
        select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        """;

    private static readonly Argument<string> From = new("FILE") { Description = "A file made by alur backup" };

    public static Command Create()
    {
        var restore = new Command("restore", "Put a backup into an empty database; the server must not run") { From, CommandLine.Json }.WithSettings();
        restore.SetAction(Run);
        return restore;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        var file = Path.GetFullPath(parsed.GetRequiredValue(From));
        if (!File.Exists(file))
        {
            throw new Refusal(CommandLine.Failed, "FILE_MISSING", [$"There is no file {file}."]);
        }

        await using var database = await DatabaseSession.Open(HostSettings.Read(parsed), asHost: true, ct);
        var migrator = database.Migrator();
        var owner = database.Owner!;
        await RefuseData(owner, database.Place, ct);
        var made = await Migrations(owner, file, ct);
        if (made.Where(m => !migrator.Knows(m)).ToList() is { Count: > 0 } unknown)
        {
            throw new Refusal(CommandLine.Failed, "BACKUP_NEWER", [
                $"{file} was made by a newer Alur: this one does not know {string.Join(", ", unknown)}.", "Install that version (or a newer one), then restore again. Nothing was changed."]);
        }

        var (exitCode, _, errors) = await ClientPrograms.Run(
            "pg_restore", owner, ["--single-transaction", "--exit-on-error", "--no-owner", "--no-password", $"--dbname={new NpgsqlConnectionStringBuilder(owner).Database}", file], ct);
        if (exitCode != 0)
        {
            throw new Refusal(CommandLine.Failed, "RESTORE_FAILED", [$"The restore failed and left nothing behind: {errors}"]);
        }

        var applied = await migrator.Up(ct);
        CommandLine.Print(parsed, new { ok = true, file, applied }, o =>
        {
            o.WriteLine($"Restored: {file} into {database.Place}.{(applied.Count > 0 ? $" Brought up to date: {string.Join(", ", applied)}." : "")}");
            o.WriteLine("Start the server: what was sent after the backup is looked up at BPJS before anything is sent.");
        });
        return CommandLine.Succeeded;
    }

    private static async Task RefuseData(string owner, string place, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(owner) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(FindTables, connection);
        if (await command.ExecuteScalarAsync(ct) is long and > 0)
        {
            throw new Refusal(CommandLine.Failed, "DATABASE_NOT_EMPTY", [
                $"The database is not empty ({place}), and a restore replaces nothing.",
                "Restore into a new one: another Postgres:Directory, or the old directory moved aside, or an empty database behind ConnectionStrings:Alur."]);
        }
    }

    // Which migrations the backup holds, as COPY prints the table: id, module, number, name, …
    private static async Task<List<string>> Migrations(string owner, string file, CancellationToken ct)
    {
        var (exitCode, output, errors) = await ClientPrograms.Run(
            "pg_restore", owner, ["--data-only", "--schema=platform", "--table=migrations", "--file=-", file], ct);
        var rows = exitCode != 0 ? [] : output.Split('\n').SkipWhile(l => !l.StartsWith("COPY ", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(l => l != @"\.").Select(l => l.Split('\t')).Where(c => c.Length >= 4).Select(c => $"{c[1]}/{c[2].PadLeft(4, '0')}_{c[3]}").ToList();
        return rows.Count > 0 ? rows : throw new Refusal(CommandLine.Failed, "NOT_A_BACKUP", [
            $"{file} is not a whole backup made by alur backup. Nothing was changed.{(errors.Length > 0 ? $" ({errors})" : "")}"]);
    }
}
