using Alur.Platform;
using Alur.Platform.Data;
using Alur.Platform.Journal;
using Alur.Platform.Postgres;
using Npgsql;

namespace Alur.Benchmarks.Journal;

/// <summary>A private durable cluster (fsync on) with a journal that has a past, and beside it a table of the same build that nobody guards.</summary>
internal sealed class JournalDatabase(RunningCluster cluster, ClusterOptions options, HostLock held) : IAsyncDisposable
{
    public const string Type = "BENCH_STEP";

    private const string Database = "alur_bench_journal";
    private const string Make = $"create database {Database} owner alur_owner";
    private const string Drop = $"drop database if exists {Database} with (force)";
    private const string WriteBack = "checkpoint";

    // The same columns, indexes, checks and references; no protection, no registry, no versions but those that the caller makes up.
    private const string Bare = """
        create schema bench;
        create table bench.streams (like journal.streams including all) with (fillfactor = 80);
        create table bench.entries (like journal.entries including all);
        alter table bench.entries add foreign key (stream_id) references bench.streams (stream_id) on delete restrict,
            add foreign key (stream_id, corrects) references bench.entries (stream_id, version) on delete restrict;
        create table bench.state (id int primary key, steps bigint not null default 0) with (fillfactor = 50);
        insert into bench.state (id) select n from generate_series(0, 63) n;
        grant usage on schema bench to alur_app;
        grant select, insert, update on all tables in schema bench to alur_app;
        """;

    // References are switched off for the filling only: they would be checked ten million times for what is known to be right.
    private const string Fill = """
        set session_replication_role = replica;
        insert into journal.streams (stream_id, kind, subject_id, version)
        select 'past:' || n, 'past', 'subject-' || n % @subjects, @entries / @streams from generate_series(0, @streams - 1) n;
        insert into journal.entries (id, stream_id, version, type, schema_version, metadata, performed_by, actor_kind, performed_at)
        select gen_random_uuid(), 'past:' || n % @streams, n / @streams + 1, 'BENCH_STEP', 1,
               jsonb_build_object('billId', n, 'amount', n % 500000, 'paymentMethod', 'CASH'), 'clerk-' || n % 20, 'USER', timestamptz '2020-01-01' + n * interval '5 seconds'
        from generate_series(0, @entries - 1) n;
        set session_replication_role = origin;
        """;

    private const string Settled = "vacuum (freeze, analyze)";

    public EventTypes Types { get; } = new([new ModuleEventTypes("bench", [new EventType(Type, 1, """{"properties": {"billId": {"type": "integer"}, "amount": {"type": "number"}}}""")])]);

    public NpgsqlDataSource App { get; } = PlatformModule.RuntimeDataSource(Of(cluster.AppConnectionString));

    public static async Task<JournalDatabase> Prepare(string root, JournalSize size, CancellationToken ct)
    {
        var options = new ClusterOptions(root, size.Cluster);
        var cluster = await PrivateCluster.EnsureRunning(options, ct);
        var database = new JournalDatabase(cluster, options, await HostLock.Take(cluster.Directory, ct));
        await Run(cluster.AdminConnectionString, Drop, null, ct);
        await Run(cluster.AdminConnectionString, Make, null, ct);
        await new Migrator(Of(cluster.OwnerConnectionString), [PlatformModule.Migrations]).Up(ct);
        await Run(Of(cluster.OwnerConnectionString), Bare, null, ct);
        await Run(Of(cluster.AdminConnectionString), Fill, size, ct);
        await Run(Of(cluster.AdminConnectionString), Settled, null, ct);
        await database.Checkpoint(ct);
        return database;
    }

    /// <summary>What was written is on disk, so that no measurement pays for another's write-back.</summary>
    public Task Checkpoint(CancellationToken ct) => Run(cluster.AdminConnectionString, WriteBack, null, ct);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Run(cluster.AdminConnectionString, Drop, null, CancellationToken.None);
        await PrivateCluster.Stop(options, CancellationToken.None);
        held.Dispose();
    }

    private static async Task Run(string connectionString, string sql, JournalSize? size, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Command Timeout=3600;Pooling=false");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        if (size is not null)
        {
            command.Parameters.AddWithValue("subjects", size.Subjects);
            command.Parameters.AddWithValue("streams", size.Streams);
            command.Parameters.AddWithValue("entries", size.Entries);
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Of(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Database = Database }.ConnectionString;
}
