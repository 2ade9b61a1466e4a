using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>What a sender hands over: results of one leased lane, in the order of the calls.</summary>
/// <param name="Run">The lane and its fence.</param>
/// <param name="Results">May be empty: then the lane is only released.</param>
/// <param name="Release">The run is over; otherwise the lane stays leased and more results follow.</param>
internal sealed record LaneResult(LaneRun Run, IReadOnlyList<JobResult> Results, bool Release);

/// <summary>
/// Ends runs: jobs, attempts, lanes and the module's own rows change in one statement, fenced by the lease token, for many lanes at once.
/// A first statement locks the lanes in key order, so that the second one's snapshot sees every job enqueued before.
/// Doing it again after an unknown commit changes nothing: the fence is gone, the jobs have moved on, the attempts exist.
/// </summary>
internal static class SettleLanes
{
    private const string LockLanes = """
        select count(*) from (
            select 1
            from unnest($1, $2) as k(channel, key)
            cross join lateral (
                select l.ctid from delivery.lanes l where l.channel = k.channel and l.key = k.key for no key update
            ) locked
        ) n
        """;

    // Lanes are looked up once: the first statement has locked them, so their places cannot change. A job finds its lane's answer by number.
    // Tokens are compared with "is not distinct from": lanes must be found by key, all lanes of one claim share a token.
    // The next head: a PENDING job, or one behind this run that an earlier lease left as SENDING when it ran out.
    private const string Settle = """
        with lane as materialized (
            select f.*, l.place, l.head_step, coalesce(l.held, false) as held
            from unnest($21, $22, $23, $24, $25, $26, $27, $28) with ordinality
                as f(channel, key, token, released, failed_step, rest_step, last_step, wait, number)
            left join lateral (
                select l.ctid as place, l.head_step, l.lease_token is not distinct from f.token as held
                from delivery.lanes l where l.channel = f.channel and l.key = f.key
                limit 1
            ) l on true
        ), result as materialized (
            select r.*, ($23)[r.lane] as token, (lanes.held)[r.lane] as held
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
                as r(job_id, lane, outcome, state, counted, outage, code, reason, fingerprint,
                     attempt, http_code, answer_code, message, request, response, duration_ms, started_at,
                     unanswered, acknowledged, held_there)
            cross join (select array_agg(l.held order by l.number) as held from lane l) lanes
        ), moved as (
            update delivery.jobs j set
                state = r.state,
                claims = j.claims - case when r.counted then 0 else 1 end,
                attempts = j.attempts + case when r.counted then 1 else 0 end,
                outage = case when r.outcome is null then j.outage else r.outage end,
                unanswered = j.unanswered or r.unanswered,
                acknowledged = (j.acknowledged or r.acknowledged) and r.state <> 'FAILED',
                last_code = case when r.outcome is null then j.last_code else r.code end,
                last_error = case when r.outcome is null then j.last_error else r.reason end,
                fingerprint = r.fingerprint,
                finished_at = case when r.state = 'PENDING' then null else now() end
            from result r
            where r.held and j.id = r.job_id and j.state = 'SENDING'
            returning j.id as job_id, j.channel, j.key collate "default" as key, j.step, j.payload, j.state, r.outcome, r.code, r.reason, r.held_there
        ), settled as materialized (
            select m.* from moved m where m.outcome is not null
        ), kept as (
            insert into delivery.attempts (
                job_id, lease_token, attempt, outcome, counted, fenced_off, http_code, code, message, request, response, duration_ms, started_at)
            select r.job_id, r.token, r.attempt, case when r.outcome = 'DROPPED' then 'REJECTED' else r.outcome end, r.counted and r.held, not r.held, r.http_code, r.answer_code, r.message,
                   r.request::jsonb, r.response::jsonb, r.duration_ms, r.started_at
            from result r
            where r.started_at is not null
              and (not $30 or not exists (
                  select 1 from delivery.attempts a
                  where a.job_id = r.job_id and a.lease_token = r.token
                    and a.recorded_at > now() - interval '1 day' and a.recorded_at < now() + interval '1 hour'))
            returning fenced_off
        ), freed as (
            update delivery.lanes l set
                state = case when e.failed_step is not null then 'PARKED' when e.next_step is null then 'IDLE' else 'OPEN' end,
                head_step = coalesce(least(e.failed_step, e.next_step), l.head_step),
                due_at = now() + case when e.next_step < e.rest_step then interval '0' else e.wait end,
                lease_token = null
            from (
                -- offset 0: the next step is looked up once, not once per mention.
                select f.place, f.failed_step, f.rest_step, f.wait, least(f.rest_step, (
                    select min(j.step) from delivery.jobs j
                    where j.channel = f.channel and j.key = f.key and j.step >= f.head_step
                      and (j.state = 'PENDING' or j.state = 'SENDING' and j.step > coalesce(f.last_step, -1)))) as next_step
                from lane f
                where f.released and f.held
                offset 0
            ) e
            where l.ctid = e.place
            returning l.channel, l.state = 'OPEN' and l.due_at <= now() as again
        )
        """;

    private const string Result = """
        select c.channel,
               (select count(*) from kept k where k.fenced_off)::int,
               exists (select 1 from freed f where f.channel = c.channel and f.again)
        from unnest($29) as c(channel)
        """;

    /// <summary>The two statements, to be sent in one batch or one transaction in this order; the second returns (channel, fenced off in all, lanes due again).</summary>
    public static (NpgsqlBatchCommand Lock, NpgsqlBatchCommand Settle) Commands(
        IReadOnlyList<LaneResult> lanes, IReadOnlyList<IReadOnlyList<Verdict>> verdicts, string effects, bool again)
    {
        var jobs = new JobColumns(lanes.Sum(l => l.Results.Count));
        var ends = new LaneColumns();
        for (var i = 0; i < lanes.Count; i++)
        {
            for (var j = 0; j < lanes[i].Results.Count; j++) jobs.Add(i + 1, lanes[i].Results[j], verdicts[i][j]);
            ends.Add(lanes[i], verdicts[i]);
        }

        var keys = lanes.Select(l => (l.Run.Channel, l.Run.Key)).Distinct()
            .OrderBy(k => k.Channel, StringComparer.Ordinal).ThenBy(k => k.Key, StringComparer.Ordinal).ToArray();
        var text = NpgsqlDbType.Array | NpgsqlDbType.Text;
        var lockLanes = new NpgsqlBatchCommand(LockLanes)
            .With(Array.ConvertAll(keys, k => k.Channel), text)
            .With(Array.ConvertAll(keys, k => k.Key), text);
        var settle = new NpgsqlBatchCommand(string.Join('\n', Settle, effects, Result));
        jobs.AddTo(settle);
        ends.AddTo(settle);
        settle.With(keys.Select(k => k.Channel).Distinct(StringComparer.Ordinal).ToArray(), text).With(again, NpgsqlDbType.Boolean);
        return (lockLanes, settle);
    }
}
