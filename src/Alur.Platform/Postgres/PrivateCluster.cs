using System.Diagnostics;
using Npgsql;

namespace Alur.Platform.Postgres;

/// <summary>
/// The embedded PostgreSQL: a private cluster of the distribution's binaries, reachable through a Unix socket only. It outlives its
/// starter; whoever comes next adopts it.
/// </summary>
public static class PrivateCluster
{
    private static readonly TimeSpan StaleWait = TimeSpan.FromSeconds(10);

    /// <summary>Makes the cluster if there is none, starts it if it does not run, and proves by a query that it answers.</summary>
    /// <exception cref="PostgresUnavailableException">With a stable code; never waits longer than the options allow.</exception>
    public static async Task<RunningCluster> EnsureRunning(ClusterOptions options, CancellationToken ct)
    {
        var place = await ClusterPlace.Prepare(options, ct);
        using var starting = await FileLock.TryTake(Path.Combine(place.Directory, "start.lock"), options.StartTimeout, ct)
            ?? throw new PostgresUnavailableException("START_LOCK_BUSY", $"Somebody else has been starting the database in {place.Directory} for {options.StartTimeout.TotalSeconds:0} s.");
        var binaries = PostgresBinaries.Find(options, place);
        var secrets = ClusterSecrets.ReadOrMake(place);
        if (!Directory.Exists(place.Data))
        {
            if (UpgradePlace.FindKept(place) is { } kept)
            {
                throw new PostgresUnavailableException("UPGRADE_UNFINISHED", $"There is no {place.Data}, but {kept}: an upgrade was ended on its way. Run ./alur db upgrade again; nothing is lost.");
            }

            await InitialiseCluster.Run(options, place, binaries, secrets, ct);
        }

        var adopted = ServerProcesses.Live(place) is not null;
        if (!adopted)
        {
            await ServerUser.OwnDirectory(place.Log, ct);
            await place.PrepareSocketDirectory(ct);
            await ServerProcesses.ClearStale(place, StaleWait, ct);
            await Start(options, place, binaries, ct);
        }

        // One question and one retry for both: a server that just answered can go into recovery before the next word.
        var admin = ConnectionString(place, "postgres", secrets.Admin, "postgres");
        await WaitUntilItAnswers(options, place, () => InitialiseCluster.MakeRoles(admin, secrets, ct), ct);
        return Running(options, place, binaries, secrets, adopted);
    }

    /// <summary>The cluster that somebody else keeps running, if it answers now; null otherwise. Starts and changes nothing.</summary>
    public static async Task<RunningCluster?> FindAnswering(ClusterOptions options, CancellationToken ct)
    {
        var place = await ClusterPlace.Prepare(options, ct);
        if (!File.Exists(place.Secrets))
        {
            return null; // its host is just making it
        }

        var secrets = ClusterSecrets.ReadOrMake(place);
        return await Refusal(() => Ask(ConnectionString(place, "alur_app", secrets.App), ct)) is null
            ? Running(options, place, PostgresBinaries.Find(options, place), secrets, adopted: true)
            : null;
    }

    /// <summary>Whether a server process of this directory lives; says nothing about whether it answers. Cheap.</summary>
    public static bool IsAlive(string directory) => ServerProcesses.Live(new ClusterPlace(directory)) is not null;

    /// <summary>Stops the server if it runs; returns whether it did.</summary>
    public static async Task<bool> Stop(ClusterOptions options, CancellationToken ct)
    {
        var place = await ClusterPlace.Prepare(options, ct);
        if (ServerProcesses.Live(place) is null)
        {
            return false;
        }

        var binaries = PostgresBinaries.Find(options, place);
        var (exitCode, output) = await ServerUser.Run(
            binaries.Program("pg_ctl"), ["stop", "-D", place.Data, "-m", "fast", "-w", "-t", "60"], TimeSpan.FromSeconds(70), ct);
        return exitCode == 0 || ServerProcesses.Live(place) is null
            ? true
            : throw new PostgresUnavailableException("POSTGRES_DOES_NOT_STOP", $"The database in {place.Directory} does not stop: {output}");
    }

    private static RunningCluster Running(ClusterOptions options, ClusterPlace place, PostgresBinaries binaries, ClusterSecrets secrets, bool adopted) => new(
        place.Directory,
        binaries.Version,
        adopted,
        ConnectionString(place, "alur_owner", secrets.Owner),
        WithRoom(ConnectionString(place, "alur_app", secrets.App), options.MaxConnections),
        ConnectionString(place, "postgres", secrets.Admin, "postgres"));

    private static async Task Start(ClusterOptions options, ClusterPlace place, PostgresBinaries binaries, CancellationToken ct)
    {
        await InitialiseCluster.WriteSettings(options, place, ct);

        // pg_ctl gives the server a session of its own: a Ctrl-C in our terminal must not reach it. It does not wait: we ask the server itself.
        var (exitCode, output) = await ServerUser.Run(
            binaries.Program("pg_ctl"), ["start", "-W", "-s", "-D", place.Data, "-l", Path.Combine(place.Log, "start.log")], TimeSpan.FromSeconds(30), ct);
        if (exitCode != 0)
        {
            throw new PostgresUnavailableException("POSTGRES_DOES_NOT_START", $"The database in {place.Directory} does not start: {output}");
        }
    }

    private static async Task WaitUntilItAnswers(ClusterOptions options, ClusterPlace place, Func<Task> ask, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (await Refusal(ask) is { } refusal)
        {
            var died = waited.Elapsed > StaleWait && ServerProcesses.Live(place) is null;
            if (died || waited.Elapsed > options.StartTimeout || refusal.IsFinal)
            {
                throw new PostgresUnavailableException(
                    "POSTGRES_DOES_NOT_ANSWER", $"The database in {place.Directory} does not answer: {refusal.Message} Its log is in {place.Log}.{LogTail(place)}");
            }

            await Task.Delay(25, ct);
        }
    }

    private static async Task Ask(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(ct);
    }

    private static async Task<(string Message, bool IsFinal)?> Refusal(Func<Task> ask)
    {
        try
        {
            await ask();
            return null;
        }
        catch (PostgresException e)
        {
            return (e.MessageText, e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return (e.Message, false);
        }
    }

    private static string LogTail(ClusterPlace place)
    {
        var newest = new DirectoryInfo(place.Log).EnumerateFiles("*.log").Where(f => f.Length > 0).MaxBy(f => f.LastWriteTimeUtc);
        return newest is null ? "" : Environment.NewLine + string.Join(Environment.NewLine, File.ReadLines(newest.FullName).TakeLast(5));
    }

    // A busy server waits for one of its own connections rather than being refused one more; commands beside it still find room.
    private static string WithRoom(string connectionString, int mostConnections) =>
        new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = Math.Max(10, mostConnections * 8 / 10) }.ConnectionString;

    private static string ConnectionString(ClusterPlace place, string role, string password, string database = "alur")
    {
        var isAdmin = role == "postgres";
        return new NpgsqlConnectionStringBuilder
        {
            Host = place.SocketDirectory,
            Username = role,
            Password = password,
            Database = database,
            Pooling = !isAdmin, // used rarely, and an idle one would keep databases from being dropped
            Timeout = 10,
            ApplicationName = "alur",
        }.ConnectionString;
    }
}
