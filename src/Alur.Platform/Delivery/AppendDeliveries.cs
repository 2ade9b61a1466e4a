using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>A call to be made after everything that its lane holds already.</summary>
/// <param name="Channel">Full channel name.</param>
/// <param name="Key">Lane key: within it calls go out in the order in which they were appended.</param>
/// <param name="Payload">JSON handed to the channel as it is.</param>
/// <param name="CorrelationId">Ties the job to whatever caused it.</param>
/// <param name="MaxAttempts">Tries in total, the first included.</param>
public sealed record NextDelivery(string Channel, string Key, string Payload, Guid? CorrelationId = null, int MaxAttempts = 5);

/// <summary>
/// Adds jobs at the end of their lanes, of any number of channels at once, inside the caller's transaction. Three statements because each needs its own snapshot: the
/// end of a lane is known once it is locked.
/// </summary>
internal static class AppendDeliveries
{
    // "where false" updates nothing, but the row is locked all the same, in the order of the insert.
    private const string LockLanes = """
        insert into delivery.lanes as l (channel, key, state, head_step, due_at)
        select d.channel, d.key, 'IDLE', 1, now()
        from unnest($1, $2) as d(channel, key)
        group by d.channel, d.key
        order by d.channel collate "C", d.key collate "C"
        on conflict (channel, key) do update set state = l.state where false
        """;

    private const string AddJobs = """
        insert into delivery.jobs (channel, key, step, payload, correlation_id, max_attempts)
        select d.channel, d.key, coalesce(e.step, 0) + row_number() over (partition by d.channel, d.key order by d.number),
               d.payload::jsonb, d.correlation_id, d.max_attempts
        from unnest($1, $2, $3, $4, $5) with ordinality as d(channel, key, payload, correlation_id, max_attempts, number)
        cross join lateral (select max(j.step) as step from delivery.jobs j where j.channel = d.channel and j.key = d.key) e
        order by d.number
        """;

    // Whatever is open or parked stays so: what was added comes later. In an idle lane nothing is unfinished but what was just added.
    private const string OpenLanes = """
        update delivery.lanes l set state = 'OPEN', due_at = now(), head_step = n.head
        from (
            select d.channel, d.key, (
                select min(j.step) from delivery.jobs j where j.channel = d.channel and j.key = d.key and j.step >= o.head_step and j.state = 'PENDING') as head
            from (select u.channel, u.key from unnest($1, $2) as u(channel, key) group by u.channel, u.key) d
            join delivery.lanes o on o.channel = d.channel and o.key = d.key and o.state = 'IDLE'
        ) n
        where l.channel = n.channel and l.key = n.key and l.state = 'IDLE'
        """;

    /// <summary>Appends all of them, in this order, or, when it throws, none.</summary>
    public static async Task Run(NpgsqlTransaction tx, IReadOnlyList<NextDelivery> deliveries, CancellationToken ct)
    {
        if (deliveries.Count == 0) return;
        var channels = deliveries.Select(d => d.Channel).ToArray();
        var keys = deliveries.Select(d => d.Key).ToArray();
        await using var batch = new NpgsqlBatch(tx.Connection, tx)
        {
            BatchCommands =
            {
                OfLanes(LockLanes, channels, keys),
                OfLanes(AddJobs, channels, keys)
                    .With(deliveries.Select(d => StorableText.Json(d.Payload)!).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)
                    .With(deliveries.Select(d => d.CorrelationId).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid)
                    .With(deliveries.Select(d => d.MaxAttempts).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer),
                OfLanes(OpenLanes, channels, keys),
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand OfLanes(string text, string[] channels, string[] keys) => new NpgsqlBatchCommand(text)
        .With(channels, NpgsqlDbType.Array | NpgsqlDbType.Text)
        .With(keys, NpgsqlDbType.Array | NpgsqlDbType.Text);
}
