using System.Globalization;
using Alur.Platform.Postgres;
using Npgsql;

namespace Alur.Testing;

/// <summary>
/// The one private PostgreSQL of this checkout's tests, shared by every test process and left running: <c>./alur test</c> stops it at its
/// end, and one left over is adopted.
/// </summary>
public static class TestCluster
{
    private const string FindTestDatabases = """select datname from pg_database where datname like 'test\_%'""";

    private static readonly Lazy<Task<RunningCluster>> Shared = new(Start);

    /// <summary>How the cluster is run; <c>./alur test</c> uses the same to stop it.</summary>
    public static ClusterOptions Options { get; private set; } = Named("test");

    /// <summary>The running cluster.</summary>
    public static Task<RunningCluster> Running => Shared.Value;

    /// <summary>Another cluster than the tests' for what runs beside them; before anything asks for it.</summary>
    public static void Use(string name) => Options = Named(name);

    /// <summary>Ends it, with everything in it that nobody dropped.</summary>
    public static Task Stop() => PrivateCluster.Stop(Options, CancellationToken.None);

    /// <summary>A database name nobody else uses; it carries our process id, so that others can tell when it is abandoned.</summary>
    public static string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $"test_{Environment.ProcessId}_{Guid.NewGuid():N}")[..40];

    private static ClusterOptions Named(string name) => new(Checkout.Root, name) { Durable = false, MaxConnections = 300, MaxPreparedTransactions = 50 };

    private static async Task<RunningCluster> Start()
    {
        var cluster = await PrivateCluster.EnsureRunning(Options, CancellationToken.None);
        await using var connection = new NpgsqlConnection(cluster.AdminConnectionString);
        await connection.OpenAsync();
        await DropAbandoned(cluster, connection);
        return cluster;
    }

    // Databases of test processes that were killed before they could drop them.
    private static async Task DropAbandoned(RunningCluster cluster, NpgsqlConnection connection)
    {
        List<string> names = [];
        await using var find = new NpgsqlCommand(FindTestDatabases, connection);
        await using (var reader = await find.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                names.Add(reader.GetString(0));
            }
        }

        foreach (var name in names.Where(n => !Directory.Exists($"/proc/{n.Split('_')[1]}")))
        {
            await LeftPrepared.RollBack(connection, cluster.AdminConnectionString, name);
            await using var drop = new NpgsqlCommand($"drop database if exists {name} with (force)", connection);
            await drop.ExecuteNonQueryAsync();
        }
    }
}
