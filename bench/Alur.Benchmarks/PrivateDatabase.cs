using Alur.Platform;
using Alur.Platform.Data;
using Alur.Platform.Postgres;
using Npgsql;

namespace Alur.Benchmarks;

/// <summary>A database of a benchmark's own on a private durable cluster (fsync on); both are gone afterwards.</summary>
internal sealed class PrivateDatabase(RunningCluster cluster, ClusterOptions options, HostLock held, string name) : IAsyncDisposable
{
    private const string WriteBack = "checkpoint";
    private const string Settled = "vacuum (freeze, analyze)";

    /// <summary>As the server's role.</summary>
    public NpgsqlDataSource App { get; } = PlatformModule.RuntimeDataSource(Of(cluster.AppConnectionString, name));

    public string AppConnectionString => Of(cluster.AppConnectionString, name);

    /// <summary>Made anew, with the platform's tables.</summary>
    /// <param name="root">Of the checkout.</param>
    /// <param name="directory">Of the cluster.</param>
    /// <param name="name">Of the database: letters and underscores.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<PrivateDatabase> Prepare(string root, string directory, string name, CancellationToken ct)
    {
        var options = new ClusterOptions(root, directory);
        var cluster = await PrivateCluster.EnsureRunning(options, ct);
        var database = new PrivateDatabase(cluster, options, await HostLock.Take(cluster.Directory, ct), name);
        await Run(cluster.AdminConnectionString, Drop(name), ct);
        await Run(cluster.AdminConnectionString, $"create database {name} owner alur_owner", ct);
        await new Migrator(Of(cluster.OwnerConnectionString, name), [PlatformModule.Migrations]).Up(ct);
        return database;
    }

    /// <summary>As the owner of the tables.</summary>
    public Task AsOwner(string sql, CancellationToken ct) => Run(Of(cluster.OwnerConnectionString, name), sql, ct);

    /// <summary>As superuser; <c>@name</c> stands for a number.</summary>
    public Task AsAdmin(string sql, CancellationToken ct, params (string Name, int Value)[] numbers) => Run(Of(cluster.AdminConnectionString, name), sql, ct, numbers);

    /// <summary>What was filled in is as if it had been there for long.</summary>
    public async Task Settle(CancellationToken ct)
    {
        await AsAdmin(Settled, ct);
        await Checkpoint(ct);
    }

    /// <summary>What was written is on disk, so that no measurement pays for another's write-back.</summary>
    public Task Checkpoint(CancellationToken ct) => Run(cluster.AdminConnectionString, WriteBack, ct);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Run(cluster.AdminConnectionString, Drop(name), CancellationToken.None);
        await PrivateCluster.Stop(options, CancellationToken.None);
        held.Dispose();
    }

    private static string Drop(string name) => $"drop database if exists {name} with (force)";

    private static async Task Run(string connectionString, string sql, CancellationToken ct, params (string Name, int Value)[] numbers)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Command Timeout=3600;Pooling=false");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (number, value) in numbers) command.Parameters.AddWithValue(number, value);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Of(string connectionString, string name) => new NpgsqlConnectionStringBuilder(connectionString) { Database = name }.ConnectionString;
}
