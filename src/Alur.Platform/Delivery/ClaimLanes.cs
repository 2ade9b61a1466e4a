using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>
/// Takes due lanes of one channel, and a run of jobs of each, in one round trip. Three statements because each needs its own snapshot: the
/// limits are counted after the channel's lock was taken, the jobs are read after the lanes were. Nobody waits for a lane (SKIP LOCKED).
/// </summary>
internal static class ClaimLanes
{
    // Claims of a limited channel go one after the other, over all nodes; others do not touch the row.
    private const string LockLimits = """
        select 1 from delivery.channels where name = $1 and num_nonnulls(max_concurrent, max_per_second) > 0 for no key update
        """;

    /// <summary>What the bucket holds now. It never holds more than a fifth of a second's calls, so bursts stay small.</summary>
    internal const string Bucket = """
        least(greatest(1, c.max_per_second / 5), c.tokens + c.max_per_second * greatest(0, extract(epoch from now() - c.tokens_at)))
        """;

    // The update says nothing of state: the lanes are locked, and it must find them by key, not by reading every due lane in the partial index.
    private const string TakeLanes = $"""
        with gate as materialized (
            select least(
                $2,
                case when c.max_concurrent is null then $2 else c.max_concurrent - (
                    select count(*) from delivery.lanes f
                    where f.channel = c.name and f.lease_token is not null and f.due_at > now())::int end,
                case when c.max_per_second is null then $2 else floor({Bucket})::int end) as lanes
            from delivery.channels c
            left join platform.breakers b on b.name = c.breaker
            where c.name = $1
              and (c.paused_until is null or c.paused_until <= now())
              and (b.name is null or b.state = 'CLOSED' or (b.state = 'HALF_OPEN' and b.probe_token = $3))
        ), due as materialized (
            select l.key from delivery.lanes l
            where l.channel = $1 and l.state = 'OPEN' and l.due_at <= now()
            order by l.due_at
            limit greatest(0, coalesce((select g.lanes from gate g), 0))
            for no key update skip locked
        )
        update delivery.lanes l set due_at = now() + $5, lease_token = $4
        where l.channel = $1 and l.key = any(array(select d.key from due d))
        returning l.key
        """;

    // A head whose last lease ran out goes alone, so that a poisonous job does not count against those behind it. A job that is still SENDING was
    // leased by somebody who never said how it ended.
    private const string TakeJobs = $"""
        with run as materialized (
            select j.id, j.place
            from delivery.lanes l
            cross join lateral (
                select q.id, row_number() over (order by q.step) as place, first_value(q.claims - q.attempts) over (order by q.step) as lost
                from (
                    select i.id, i.step, i.claims, i.attempts from delivery.jobs i
                    where i.channel = l.channel and i.key = l.key and i.step >= l.head_step and i.state in ('PENDING', 'SENDING')
                    order by i.step
                    limit $4
                ) q
            ) j
            where l.channel = $1 and l.lease_token = $2 and l.state = 'OPEN' and (j.place = 1 or j.lost = 0)
            order by j.place
            limit (select greatest(0, floor({Bucket}))::int from delivery.channels c where c.name = $1 and c.max_per_second is not null)
        ), taken as (
            update delivery.jobs j set state = 'SENDING', claims = j.claims + 1, unanswered = j.unanswered or j.state = 'SENDING'
            where j.id = any(array(select r.id from run r)) and j.state in ('PENDING', 'SENDING')
            returning j.id, j.key, j.step, j.payload, j.attempts, j.max_attempts, j.claims, j.unanswered, j.replaced, j.acknowledged
        ), charged as (
            update delivery.channels c set
                tokens = {Bucket} - (select count(*) from taken),
                tokens_at = greatest(c.tokens_at, now())
            where c.name = $1 and c.max_per_second is not null and exists (select 1 from taken)
        )
        select t.id, t.key, t.step, t.payload, t.attempts, t.max_attempts, t.claims - 1 - t.attempts >= $3,
               t.unanswered, t.replaced, t.acknowledged
        from taken t
        order by t.key, t.step
        """;

    private const string ReadGate = $"""
        select c.breaker,
               coalesce(b.epoch, 0),
               coalesce(b.state <> 'CLOSED', false),
               coalesce(c.paused_until > now(), false),
               coalesce((b.state = 'OPEN' and b.retry_at <= now() or b.state = 'HALF_OPEN' and (b.probe_token is null or b.probe_until <= now()))
                   and exists (select 1 from delivery.lanes l where l.channel = c.name and l.state = 'OPEN' and l.due_at <= now()), false),
               c.max_concurrent is not null,
               coalesce((1 - {Bucket}) / c.max_per_second, 0)::double precision
        from delivery.channels c
        left join platform.breakers b on b.name = c.breaker
        where c.name = $1
        """;

    /// <summary>Claims at most <paramref name="lanes"/> lanes.</summary>
    /// <param name="connection">The pump's own claiming connection.</param>
    /// <param name="channel">Full channel name.</param>
    /// <param name="lanes">Most lanes to take.</param>
    /// <param name="probe">The probe that was let through a half-open breaker; then one job is taken at most.</param>
    /// <param name="options">Lease, run length, poison limit.</param>
    /// <remarks>Not cancellable: a claim that was cut off may hold lanes until its lease runs out.</remarks>
    public static async Task<Claim> Run(
        NpgsqlConnection connection, string channel, int lanes, Guid? probe, DeliveryOptions options)
    {
        var token = Guid.NewGuid();
        var began = Environment.TickCount64;
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(LockLimits, channel),
                Sql.Command(TakeLanes, channel).With(probe is null ? lanes : 1).WithNullable(probe, NpgsqlDbType.Uuid).With(token)
                    .With(options.Lease, NpgsqlDbType.Interval),
                Sql.Command(TakeJobs, channel).With(token).With(options.PoisonLimit).With(probe is null ? options.RunLength : 1),
                Sql.Command(ReadGate, channel),
            },
        };
        await batch.PrepareAsync();
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        var taken = new Dictionary<string, LaneRun>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            var key = reader.GetString(0);
            taken.Add(key, new LaneRun(channel, key, token, began + (long)options.Lease.TotalMilliseconds, probe));
        }

        await reader.NextResultAsync();
        while (await reader.ReadAsync()) taken[reader.GetString(1)].Jobs.Add(ReadJob(reader, channel));
        await reader.NextResultAsync();
        var gate = await reader.ReadAsync() ? ReadGateRow(reader) : Gate.Missing;
        foreach (var run in taken.Values) run.Epoch = gate.Epoch;
        return new Claim(gate, [.. taken.Values]);
    }

    private static ClaimedJob ReadJob(NpgsqlDataReader reader, string channel) => new(
        new DeliveryJob(
            reader.GetInt64(0), channel, reader.GetString(1), reader.GetInt32(2), reader.GetString(3), Attempt: reader.GetInt32(4) + 1)
        {
            IsLastAttempt = reader.GetInt32(4) + 1 >= reader.GetInt32(5),
            Unanswered = !reader.GetBoolean(7) ? UnansweredCall.None : reader.GetBoolean(8) ? UnansweredCall.OtherPayload : UnansweredCall.SamePayload,
            Acknowledged = reader.GetBoolean(9),
        },
        MaxAttempts: reader.GetInt32(5),
        IsPoison: reader.GetBoolean(6));

    private static Gate ReadGateRow(NpgsqlDataReader reader) => new(
        reader.IsDBNull(0) ? null : reader.GetString(0),
        Epoch: reader.GetInt64(1),
        BreakerOpen: reader.GetBoolean(2),
        Paused: reader.GetBoolean(3),
        ProbeFree: reader.GetBoolean(4),
        Limited: reader.GetBoolean(5),
        TokenIn: TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(6))));
}

/// <summary>The outcome of a claim.</summary>
internal sealed record Claim(Gate Gate, IReadOnlyList<LaneRun> Runs);

/// <summary>The channel's gate as it was just after the claim.</summary>
/// <param name="Breaker">Name of the breaker, if it has one.</param>
/// <param name="Epoch">The breaker's epoch; calls of this claim belong to it.</param>
/// <param name="BreakerOpen">OPEN or HALF_OPEN.</param>
/// <param name="Paused">Paused now.</param>
/// <param name="ProbeFree">A probe may go through and there is a due lane for it.</param>
/// <param name="Limited">It has a limit of concurrent lanes.</param>
/// <param name="TokenIn">When the next call may start, if the rate is used up.</param>
internal sealed record Gate(string? Breaker, long Epoch, bool BreakerOpen, bool Paused, bool ProbeFree, bool Limited, TimeSpan TokenIn)
{
    public static readonly Gate Missing = new(null, 0, BreakerOpen: false, Paused: true, ProbeFree: false, Limited: false, TimeSpan.Zero);
}

/// <summary>A lane held under a lease, with the jobs that may go out one after the other.</summary>
internal sealed class LaneRun(string channel, string key, Guid token, long leaseEnds, Guid? probe)
{
    public string Channel => channel;

    public string Key => key;

    /// <summary>The fence.</summary>
    public Guid Token => token;

    public Guid? Probe => probe;

    public long Epoch { get; set; }

    public List<ClaimedJob> Jobs { get; } = [];

    /// <summary>Completes when its release was settled, or given up.</summary>
    public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is left of the lease, by this process's own clock from before the claim was sent: never more than the database grants.</summary>
    public TimeSpan LeaseLeft => TimeSpan.FromMilliseconds(leaseEnds - Environment.TickCount64);
}

/// <summary>A leased job and what decides about its end.</summary>
internal sealed record ClaimedJob(DeliveryJob Job, int MaxAttempts, bool IsPoison);
