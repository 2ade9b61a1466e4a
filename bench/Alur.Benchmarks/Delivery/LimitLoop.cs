using System.Threading.Channels;
using Alur.Platform.Delivery;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Benchmarks.Delivery;

/// <summary>
/// The limit: the same calls with the same client and concurrency, the same rows by one writer that takes what has come together, as the
/// engine's settler does, and no queue at all.
/// Work comes from memory; nothing is claimed, leased, fenced or kept in order between visits.
/// </summary>
internal sealed class LimitLoop(NpgsqlDataSource source, BenchChannel channel, int concurrency, int batchSize)
{
    private const string Write = """
        with done as (
            select * from unnest(@job, @key, @step, @payload, @started, @duration, @http, @request, @response)
                as d(job_id, key, step, payload, started_at, duration_ms, http_code, request, response)
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
            returning t.site_id, t.visit_id, t.task, t.waktu
        )
        insert into antrean.task_history (site_id, visit_id, task, event, waktu, reason)
        select site_id, visit_id, task, 'SENT', waktu, '200' from tasks
        """;

    private readonly record struct Done(DeliveryJob Job, Exchange Exchange);

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
            foreach (var work in lane)
            {
                var job = new DeliveryJob(0, BenchChannel.Name, work.Key, work.Step, work.Payload, 1);
                var report = await channel.Deliver(job, ct);
                await results.WriteAsync(new Done(job, report.Exchange!), ct);
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

        void Add<T>(string name, NpgsqlDbType type, Func<Done, T> value) =>
            parameters.Add(new NpgsqlParameter<T[]>(name, type | NpgsqlDbType.Array) { TypedValue = [.. batch.Select(value)] });
    }
}
