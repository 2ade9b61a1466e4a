using Alur.Antrean;
using Alur.Platform;
using Alur.Platform.Data;
using Alur.Platform.Postgres;
using Npgsql;

namespace Alur.Benchmarks.Delivery;

/// <summary>
/// A private durable cluster (fsync on) with one prepared database, of which every run gets a fresh copy: all runs start from the same
/// pages, and none pays for the dead rows of another.
/// </summary>
internal sealed class BenchDatabase(RunningCluster cluster, ClusterOptions options, HostLock held) : IAsyncDisposable
{
    private const string Template = "alur_bench_template";
    private const string Copy = "alur_bench_run";

    // The parked lanes look as an outage leaves them: a head that used up its attempts and three followers behind it.
    private const string Seed = """
        insert into antrean.sites (code, name, zone) values ('bench', 'Bench', 'Asia/Jakarta');
        insert into delivery.channels (name) values ('bpjs:bench');
        insert into delivery.lanes (channel, key, state, head_step, due_at)
        select 'bpjs:bench', 'parked/' || to_char(n, 'FM000000'), 'PARKED', 10, now() - interval '1 day'
        from generate_series(1, @parked) n;
        insert into delivery.jobs (channel, key, step, payload, state, attempts, last_error, fingerprint, finished_at)
        select 'bpjs:bench', 'parked/' || to_char(n, 'FM000000'), step,
               jsonb_build_object('endpoint', 'antrean/updatewaktu', 'task', '3', 'body', jsonb_build_object('kodebooking', n, 'taskid', 3)),
               case step when 10 then 'FAILED' else 'PENDING' end, case step when 10 then 5 else 0 end,
               case step when 10 then 'Time-out' end, case step when 10 then 'Time-out' end, case step when 10 then now() end
        from generate_series(1, @parked) n, unnest(array[10, 40, 50, 60]) step;
        insert into antrean.tasks (site_id, visit_id, task, waktu, source, first_seen_at, queued_at)
        select s.id, prefix || '/' || to_char(n, 'FM000000'), task, now(), 'bench', now(), now()
        from antrean.sites s, unnest(array['w', 'v']) prefix, generate_series(1, @visits) n, unnest(array['1', '3', '4', '5']) task;
        insert into antrean.tasks (site_id, visit_id, task, waktu, source, first_seen_at, queued_at)
        select s.id, prefix || '/' || to_char(n, 'FM000000'), '3', now(), 'bench', now(), now()
        from antrean.sites s, unnest(array['x', 'u']) prefix, generate_series(1, @visits * 4) n;
        """;

    private const string MakeTemplate = $"create database {Template} owner alur_owner";
    private const string DropTemplate = $"drop database if exists {Template} with (force)";
    private const string MakeCopy = $"create database {Copy} template {Template} strategy file_copy owner alur_owner";
    private const string DropCopy = $"drop database if exists {Copy} with (force)";
    private const string Settled = "vacuum (freeze, analyze)";
    private const string WriteBack = "checkpoint";

    public static async Task<BenchDatabase> Prepare(string root, BenchSize size, CancellationToken ct)
    {
        var options = new ClusterOptions(root, size.Cluster);
        var cluster = await PrivateCluster.EnsureRunning(options, ct);
        var database = new BenchDatabase(cluster, options, await HostLock.Take(cluster.Directory, ct));
        await database.Admin(DropCopy, ct);
        await database.Admin(DropTemplate, ct);
        await database.Admin(MakeTemplate, ct);
        var owner = Of(cluster.OwnerConnectionString, Template);
        await new Migrator(owner, [PlatformModule.Migrations, new ModuleMigrations("antrean", typeof(AntreanModule).Assembly)]).Up(ct);
        await using var source = NpgsqlDataSource.Create(owner + ";Command Timeout=600");
        await using var seed = source.CreateCommand(Seed);
        seed.Parameters.AddWithValue("parked", size.ParkedLanes);
        seed.Parameters.AddWithValue("visits", size.Visits);
        await seed.ExecuteNonQueryAsync(ct);
        await Run(source, Settled, ct);
        NpgsqlConnection.ClearAllPools();
        return database;
    }

    /// <summary>A fresh copy, opened as the runtime role; dispose the source before asking for the next one.</summary>
    public async Task<NpgsqlDataSource> Fresh(CancellationToken ct)
    {
        await Admin(DropCopy, ct);
        await Admin(MakeCopy, ct);
        return PlatformModule.RuntimeDataSource(Of(cluster.AppConnectionString, Copy));
    }

    /// <summary>Puts the work just queued on disk, so that no run pays for another's write-back.</summary>
    public Task Checkpoint(CancellationToken ct) => Admin(WriteBack, ct);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Admin(DropCopy, CancellationToken.None);
        await Admin(DropTemplate, CancellationToken.None);
        await PrivateCluster.Stop(options, CancellationToken.None);
        held.Dispose();
    }

    private async Task Admin(string sql, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(cluster.AdminConnectionString + ";Command Timeout=600");
        await Run(source, sql, ct);
    }

    private static async Task Run(NpgsqlDataSource source, string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Of(string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;
}
