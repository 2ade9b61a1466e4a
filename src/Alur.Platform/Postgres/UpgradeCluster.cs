using System.Globalization;
using Npgsql;

namespace Alur.Platform.Postgres;

/// <summary>
/// Moves a private database to the newest PostgreSQL that is installed: written out by the version that made it, read in by the new one,
/// compared row by row, and only then exchanged. The old directory stays as it was and is kept. Ended at any point, it is begun again by
/// running it again.
/// </summary>
public static class UpgradeCluster
{
    private const long Room = 256L * 1024 * 1024;

    private const string FindStrangers = """
        select coalesce(string_agg(datname, ', ' order by datname), '') from pg_database where not datistemplate and datname not in ('postgres', 'alur')
        """;

    private const string Analyze = "analyze";

    /// <summary>Runs it; nobody else may use the directory meanwhile.</summary>
    /// <param name="options">The cluster.</param>
    /// <param name="tell">One line for people at the beginning of each step.</param>
    /// <param name="ct">Ends it between two steps, or within one.</param>
    /// <param name="freeBytes">Free space of a directory's disk; replaced in tests, because no test may fill a disk.</param>
    /// <exception cref="PostgresUnavailableException">With a stable code; the data is where it was, and as it was.</exception>
    public static async Task<UpgradeReport> Run(ClusterOptions options, Action<string> tell, CancellationToken ct, Func<string, long>? freeBytes = null)
    {
        var place = await ClusterPlace.Prepare(options, ct);
        using var alone = await HostLock.Take(place.Directory, ct);
        var upgrade = new UpgradePlace(place);
        await StopWhatWasLeft(options, upgrade, ct);
        if (upgrade.FindUnfinishedExchange() is { } kept)
        {
            return await Exchange(options, upgrade, new UpgradeReport(UpgradePlace.VersionOf(kept), upgrade.NewVersion, 0, 0), tell, ct);
        }

        var (from, to) = Versions(options, place);
        if (from == to)
        {
            return new UpgradeReport(from.Version, to.Version, 0, 0);
        }

        upgrade.RefuseWhereOldDataIsKept(from.Version);
        var size = UpgradePlace.SizeOf(place.Data);
        RefuseFullDisk(place, size, (freeBytes ?? (directory => new DriveInfo(directory).AvailableFreeSpace))(place.Directory));
        var filled = await Fill(options, upgrade, from, to, tell, ct);
        upgrade.MarkReady();
        return await Exchange(options, upgrade, filled, tell, ct);
    }

    /// <summary>A new cluster beside the old one, with everything of the old one in it, proved to be the same, and stopped.</summary>
    private static async Task<UpgradeReport> Fill(
        ClusterOptions options, UpgradePlace upgrade, PostgresBinaries from, PostgresBinaries to, Action<string> tell, CancellationToken ct)
    {
        var next = upgrade.Begin(options);
        tell($"Starting the database with PostgreSQL {from.Version}, which made it");
        var old = Database((await PrivateCluster.EnsureRunning(options, ct)).AdminConnectionString);
        try
        {
            await RefuseStrangers(old, ct);
            tell("Writing all of it into a file");
            await Program(options, "pg_dump", old, ["--format=custom", "--no-password", $"--file={upgrade.Dump}"], ct);
            tell($"Making a new database with PostgreSQL {to.Version}");
            var made = Database((await PrivateCluster.EnsureRunning(next, ct)).AdminConnectionString);
            tell("Filling it");
            await Program(options, "pg_restore", made, ["--single-transaction", "--exit-on-error", "--no-password", "--dbname=alur", upgrade.Dump], ct);
            tell("Comparing both, row by row");
            var (before, after) = (await DatabaseContent.Of(old, ct), await DatabaseContent.Of(made, ct));
            if (before.FirstDifference(after) is { } difference)
            {
                throw new PostgresUnavailableException("UPGRADE_DIFFERS", $"The new database is not the same as the old one: {difference}. Nothing was changed; please report this.");
            }

            await Execute(made, Analyze, ct);
            return new UpgradeReport(from.Version, to.Version, before.Tables, before.Rows);
        }
        finally
        {
            await PrivateCluster.Stop(next, CancellationToken.None);
            await PrivateCluster.Stop(options, CancellationToken.None);
        }
    }

    /// <summary>Puts the new one in the old one's place, proves that it answers there, and otherwise puts the old one back.</summary>
    private static async Task<UpgradeReport> Exchange(
        ClusterOptions options, UpgradePlace upgrade, UpgradeReport filled, Action<string> tell, CancellationToken ct)
    {
        var (from, to) = (filled.From, filled.To);
        if (PostgresBinaries.Installed(options.BinariesRoot).TrueForAll(b => b.Version != to))
        {
            throw new PostgresUnavailableException("DATA_VERSION_MISMATCH", $"The upgrade to PostgreSQL {to} is unfinished, and PostgreSQL {to} is not installed any more. Install the package postgresql-{to} and run ./alur db upgrade again.");
        }

        tell("Exchanging the two");
        upgrade.KeepOld(from);
        tell($"The old one is kept in {upgrade.Kept(from)}");
        upgrade.TakeNew();
        tell($"Proving that it answers with PostgreSQL {to}");
        try
        {
            var proved = await PrivateCluster.EnsureRunning(options, ct);
            await Execute(proved.AppConnectionString, "select 1", ct);
        }
        catch (Exception e) when (e is PostgresUnavailableException or NpgsqlException)
        {
            await PrivateCluster.Stop(options, CancellationToken.None);
            upgrade.PutBack(from);
            throw new PostgresUnavailableException("UPGRADE_NOT_PROVED", $"The new database did not answer in its place, so the old one was put back: {e.Message}", e);
        }

        await PrivateCluster.Stop(options, CancellationToken.None);
        upgrade.Clear();
        return filled with { Kept = upgrade.Kept(from) };
    }

    private static (PostgresBinaries From, PostgresBinaries To) Versions(ClusterOptions options, ClusterPlace place)
    {
        if (!File.Exists(Path.Combine(place.Data, "PG_VERSION")))
        {
            throw new PostgresUnavailableException("NOTHING_TO_UPGRADE", $"There is no database in {place.Directory} yet; the first start makes one with the newest PostgreSQL that is installed.");
        }

        var from = PostgresBinaries.Find(options, place); // refuses data of a version that is not here, newer ones included
        return (from, PostgresBinaries.Installed(options.BinariesRoot)[0]);
    }

    private static void RefuseFullDisk(ClusterPlace place, long size, long free)
    {
        // The file and the new database, neither larger than the old one, and room to go on working.
        var needed = (2 * size) + Room;
        if (free < needed)
        {
            throw new PostgresUnavailableException("DISK_TOO_SMALL", string.Create(
                CultureInfo.InvariantCulture, $"The upgrade needs {needed >> 20} MiB of free space beside {place.Data}, and there are {free >> 20} MiB. Free some space and run it again; nothing was changed."));
        }
    }

    private static async Task RefuseStrangers(string database, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(FindStrangers, connection);
        if (await command.ExecuteScalarAsync(ct) is string { Length: > 0 } others)
        {
            throw new PostgresUnavailableException("OTHER_DATABASES", $"The private PostgreSQL also holds {others}, which Alur did not make and would not take along. Move them elsewhere first; nothing was changed.");
        }
    }

    private static async Task Program(ClusterOptions options, string name, string database, string[] arguments, CancellationToken ct)
    {
        var (exitCode, _, errors) = await ClientPrograms.RunNewest(options.BinariesRoot, name, database, arguments, ct);
        if (exitCode != 0)
        {
            throw new PostgresUnavailableException("UPGRADE_FAILED", $"{name} did not go through: {errors} Nothing was changed; run ./alur db upgrade again when that is mended.");
        }
    }

    // An upgrade that was killed leaves its two servers running; we hold the lock, so nobody else needs them.
    private static async Task StopWhatWasLeft(ClusterOptions options, UpgradePlace upgrade, CancellationToken ct)
    {
        if (Directory.Exists(upgrade.Next.Data))
        {
            await PrivateCluster.Stop(upgrade.Options(options), ct);
        }

        if (Directory.Exists(upgrade.Place.Data))
        {
            await PrivateCluster.Stop(options, ct);
        }
    }

    private static string Database(string adminConnectionString) => new NpgsqlConnectionStringBuilder(adminConnectionString) { Database = "alur", CommandTimeout = 0 }.ConnectionString;

    private static async Task Execute(string database, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>What an upgrade did.</summary>
/// <param name="From">Major version that had made the data.</param>
/// <param name="To">Major version that holds it now; the same where there was nothing to do.</param>
/// <param name="Tables">How many tables were compared; 0 where an exchange was only finished.</param>
/// <param name="Rows">How many rows of them.</param>
/// <param name="Kept">Where the old data is, untouched; null where nothing was done.</param>
public sealed record UpgradeReport(int From, int To, int Tables, long Rows, string? Kept = null);
