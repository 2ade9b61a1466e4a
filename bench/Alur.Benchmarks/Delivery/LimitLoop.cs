using System.Threading.Channels;
using Alur.Platform.Delivery;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Benchmarks.Delivery;

/// <summary>
/// The limit: the same calls with the same client and concurrency, the same rows by one writer that takes what has come together, as the
/// engine's settler does, and no queue at all.
/// Work comes from memory; nothing is claimed, leased, fenced or kept in order between visits, and the loop knows by itself which version an entry is.
/// </summary>
internal sealed class LimitLoop(NpgsqlDataSource source, BenchChannel channel, int concurrency, int batchSize)
{
    private const string Write = """
        with done as (
            select * from unnest(@job, @key, @step, @payload, @started, @duration, @http, @request, @response, @entry, @version)
                as d(job_id, key, step, payload, started_at, duration_ms, http_code, request, response, entry, version)
        ), attempts as (
            insert into delivery.attempts
                (job_id, lease_token, attempt, outcome, counted, fenced_off, http_code, code, message, request, response, duration_ms, started_at)
            select job_id, '00000000-0000-0000-0000-000000000000', 1, 'DELIVERED', true, false, http_code, '200', 'Ok', request, response, duration_ms, started_at
            from done
        ), tasks as (
            update antrean.tasks t
            set status = 'SENT_BPJS', sent_at = now(), waktu = (d.payload ->> 'waktu')::timestamptz
            from done d
            join antrean.task_catalogue c on c.step = d.step
            where t.site_id = 1 and t.visit_id = d.key and t.task = c.code
            returning 'antrean.visit:1/' || t.visit_id as stream_id, t.task, t.waktu, d.entry, d.version
        ), streams as (
            insert into journal.streams (stream_id, kind, version)
            select stream_id, 'antrean.visit', max(version) from tasks group by stream_id order by stream_id
            on conflict (stream_id) do update set version = excluded.version
        )
        insert into journal.entries (id, stream_id, version, type, schema_version, metadata, performed_by, actor_kind, performed_at)
        select entry, stream_id, version, 'antrean.TASK_SENT', 1,
               jsonb_build_object('task', task, 'waktu', to_char(waktu at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'reason', '200'), 'antrean', 'SYSTEM', now()
        from tasks
        """;

    private readonly record struct Done(DeliveryJob Job, Exchange Exchange, int Version);

    /// <summary>Sends everything; jobs of one key stay together with one sender, so the destination sees the same order.</summary>
    public async Task Run(IEnumerable<NewDelivery> work, CancellationToken ct)
    {
        var lanes = work.GroupBy(job => job.Key, StringComparer.Ordinal).Select(lane => lane.ToList()).GetEnumerator();
        var results = Channel.CreateUnbounded<Done>(new() { SingleReader = true });
        var writing = WriteAll(results.Reader, ct);
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(() => Send(lanes, results.Writer, ct), ct)));
        results.Writer.Complete();
        await writing;
    }

    private async Task Send(IEnumerator<List<NewDelivery>> lanes, ChannelWriter<Done> results, CancellationToken ct)
    {
        while (Next(lanes) is { } lane)
        {
            foreach (var (version, work) in lane.Index())
            {
                var job = new DeliveryJob(0, BenchChannel.Name, work.Key, work.Step, work.Payload, 1);
                var report = await channel.Deliver(job, ct);
                await results.WriteAsync(new Done(job, report.Exchange!, version + 1), ct);
            }
        }
    }

    private static List<NewDelivery>? Next(IEnumerator<List<NewDelivery>> lanes)
    {
        lock (lanes)
        {
            return lanes.MoveNext() ? lanes.Current : null;
        }
    }

    private async Task WriteAll(ChannelReader<Done> results, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(Write, connection);
        var batch = new List<Done>(batchSize);
        while (await results.WaitToReadAsync(ct))
        {
            while (batch.Count < batchSize && results.TryRead(out var done))
            {
                batch.Add(done);
            }

            Fill(command.Parameters, batch);
            await command.ExecuteNonQueryAsync(ct);
            batch.Clear();
        }
    }

    private static void Fill(NpgsqlParameterCollection parameters, List<Done> batch)
    {
        parameters.Clear();
        Add("job", NpgsqlDbType.Bigint, done => done.Job.JobId);
        Add("key", NpgsqlDbType.Text, done => done.Job.Key);
        Add("step", NpgsqlDbType.Integer, done => done.Job.Step);
        Add("payload", NpgsqlDbType.Jsonb, done => done.Job.Payload);
        Add("started", NpgsqlDbType.TimestampTz, done => done.Exchange.StartedAt.UtcDateTime);
        Add("duration", NpgsqlDbType.Integer, done => (int)done.Exchange.Duration.TotalMilliseconds);
        Add("http", NpgsqlDbType.Integer, done => done.Exchange.HttpCode!.Value);
        Add("request", NpgsqlDbType.Jsonb, done => done.Exchange.Request!);
        Add("response", NpgsqlDbType.Jsonb, done => done.Exchange.Response!);
        Add("entry", NpgsqlDbType.Uuid, _ => Guid.CreateVersion7());
        Add("version", NpgsqlDbType.Integer, done => done.Version);

        void Add<T>(string name, NpgsqlDbType type, Func<Done, T> value) =>
            parameters.Add(new NpgsqlParameter<T[]>(name, type | NpgsqlDbType.Array) { TypedValue = [.. batch.Select(value)] });
    }
}
