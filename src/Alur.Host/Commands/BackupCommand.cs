using System.CommandLine;
using System.Globalization;
using Alur.Host.Startup;
using Alur.Platform.Postgres;

namespace Alur.Host.Commands;

/// <summary><c>alur backup [--to FILE]</c>: one consistent file of the whole database, made while the server runs.</summary>
internal static class BackupCommand
{
    private static readonly Option<string?> To = new("--to") { Description = "File to make; it must not exist (default: ./alur-DATE-TIME.dump)", HelpName = "FILE" };

    public static Command Create()
    {
        var backup = new Command("backup", "Write the whole database into one file; the server may run meanwhile") { To, CommandLine.Json }.WithSettings();
        backup.SetAction(Run);
        return backup;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken ct)
    {
        var file = Path.GetFullPath(parsed.GetValue(To) ?? string.Create(CultureInfo.InvariantCulture, $"alur-{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss}.dump"));
        Refuse(file);
        var configuration = HostSettings.Read(parsed);
        if (!DatabaseSession.Exists(configuration))
        {
            throw Refusal.TablesMissing();
        }

        await using var database = await DatabaseSession.Open(configuration, asHost: false, ct);
        var owner = database.Owner ?? throw Refusal.Configuration(["ConnectionStrings:AlurOwner is missing: the role of ConnectionStrings:Alur cannot read everything"]);
        if ((await database.Migrator().Status(ct)).All(m => m.AppliedAt is null))
        {
            throw Refusal.TablesMissing(); // a backup of nothing would be found out at the restore
        }

        var unfinished = $"{file}.{Guid.NewGuid():N}.part";
        try
        {
            Reserve(unfinished);
            var (exitCode, _, errors) = await ClientPrograms.Run(
                "pg_dump", owner, ["--format=custom", "--no-password", "--lock-wait-timeout=30s", $"--file={unfinished}"], ct);
            if (exitCode != 0)
            {
                throw new Refusal(CommandLine.Failed, "BACKUP_FAILED", [$"The backup failed, {file} was not made: {errors}"]);
            }

            Refuse(file);
            File.Move(unfinished, file);
        }
        finally
        {
            File.Delete(unfinished);
        }

        var bytes = new FileInfo(file).Length;
        CommandLine.Print(parsed, new { ok = true, file, bytes }, o => o.WriteLine($"Backup: {file}, {Size(bytes)}. It holds patients: keep it as safe as the database."));
        return CommandLine.Succeeded;
    }

    /// <summary>In the largest unit that leaves a number before the point.</summary>
    internal static string Size(long bytes) => bytes switch
    {
        >= 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.0} GiB"),
        >= 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.0} MiB"),
        >= 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 10):0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };

    private static void Refuse(string file)
    {
        if (Path.Exists(file))
        {
            throw new Refusal(CommandLine.Failed, "FILE_EXISTS", [$"{file} exists already. A backup never replaces another file: choose another name with --to."]);
        }
    }

    // Only we can read it, from its first moment.
    private static void Reserve(string file)
    {
        try
        {
            using var made = new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Refusal(CommandLine.Failed, "FILE_NOT_WRITABLE", [$"Cannot write there: {e.Message}"]);
        }
    }
}
