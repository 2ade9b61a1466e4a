using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>
/// Adds jobs inside the caller's transaction: locks the lanes in key order, upserts the jobs, opens the lanes. The three statements need
/// three snapshots: a lane settled while we waited for its lock must be seen as it is now.
/// </summary>
internal static class EnqueueDeliveries
{
    // "where false" updates nothing, but the conflicting row is locked all the same, in the order of the insert.
    private const string LockLanes = """
        insert into delivery.lanes as l (channel, key, state, head_step, due_at)
        select $1, d.key, 'IDLE', min(d.step), now()
        from unnest($2, $3) as d(key, step)
        group by d.key
        order by d.key collate "C"
        on conflict (channel, key) do update set state = l.state where false
        """;

    private const string UpsertJobs = """
        insert into delivery.jobs as j (channel, key, step, payload, correlation_id, max_attempts)
        select $1, d.key, d.step, d.payload::jsonb, d.correlation_id, d.max_attempts
        from unnest($2, $3, $4, $5, $6) as d(key, step, payload, correlation_id, max_attempts)
        order by d.key collate "C", d.step
        on conflict (channel, key, step) do update set
            payload = excluded.payload,
            replaced = j.replaced or j.unanswered and j.payload <> excluded.payload,
            correlation_id = coalesce(excluded.correlation_id, j.correlation_id),
            max_attempts = excluded.max_attempts,
            state = 'PENDING',
            claims = case when j.state = 'PENDING' then j.claims else 0 end,
            attempts = case when j.state = 'PENDING' then j.attempts else 0 end,
            outage = j.state = 'PENDING' and j.outage,
            last_code = case when j.state = 'PENDING' then j.last_code end,
            last_error = case when j.state = 'PENDING' then j.last_error end,
            fingerprint = null,
            finished_at = null
        where j.state in ('PENDING', 'FAILED', 'CANCELLED')
        """;

    // A leased lane keeps its due_at (its lease) and only learns of an earlier head. A parked lane opens when its failed job is pending again.
    private const string OpenLanes = """
        update delivery.lanes l set
            state = case when n.parked then 'PARKED' else 'OPEN' end,
            head_step = n.head,
            due_at = case when l.state = 'OPEN' and (l.lease_token is not null or n.head >= l.head_step) then l.due_at else now() end
        from (
            select o.key,
                   (select min(j.step) from delivery.jobs j
                    where j.channel = $1 and j.key = o.key and j.state in ('PENDING', 'SENDING', 'FAILED')
                      and j.step >= least(o.head_step, d.step)) as head,
                   exists (select 1 from delivery.jobs f
                           where f.channel = $1 and f.key = o.key and f.fingerprint is not null) as parked
            from (select u.key, min(u.step) as step from unnest($2, $3) as u(key, step) group by u.key) d
            join delivery.lanes o on o.channel = $1 and o.key = d.key
        ) n
        where l.channel = $1 and l.key = n.key and n.head is not null
          and (l.state <> case when n.parked then 'PARKED' else 'OPEN' end or n.head < l.head_step)
        """;

    /// <summary>Enqueues all of them or, when it throws, none.</summary>
    /// <returns>How many jobs were made, changed or put back to PENDING.</returns>
    public static async Task<int> Run(
        NpgsqlTransaction tx, string channel, IReadOnlyList<NewDelivery> deliveries, CancellationToken ct)
    {
        if (deliveries.Count == 0) return 0;
        var sorted = Latest(deliveries);
        var keys = Array.ConvertAll(sorted, d => d.Key);
        var steps = Array.ConvertAll(sorted, d => d.Step);
        var upsert = Sql.Command(UpsertJobs, channel, keys, steps)
            .With(Array.ConvertAll(sorted, d => StorableText.Json(d.Payload)!), NpgsqlDbType.Array | NpgsqlDbType.Text)
            .With(Array.ConvertAll(sorted, d => d.CorrelationId), NpgsqlDbType.Array | NpgsqlDbType.Uuid)
            .With(Array.ConvertAll(sorted, d => d.MaxAttempts), NpgsqlDbType.Array | NpgsqlDbType.Integer);
        await using var batch = new NpgsqlBatch(tx.Connection, tx)
        {
            BatchCommands = { Sql.Command(LockLanes, channel, keys, steps), upsert, Sql.Command(OpenLanes, channel, keys, steps) },
        };
        await batch.ExecuteNonQueryAsync(ct);
        return (int)upsert.RecordsAffected;
    }

    /// <summary>Of two deliveries with the same place the later one counts: one statement cannot upsert a row twice.</summary>
    private static NewDelivery[] Latest(IReadOnlyList<NewDelivery> deliveries) =>
    [
        .. deliveries
            .GroupBy(d => (d.Key, d.Step))
            .Select(same => same.Last())
            .OrderBy(d => d.Key, StringComparer.Ordinal)
            .ThenBy(d => d.Step),
    ];
}
