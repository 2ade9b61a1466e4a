using System.Text;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>
/// Leaves messages for people in the transaction of what they tell of: one row for each device of the person that has a socket or was among the last that had one,
/// and without a device one that waits for the first that comes. The transaction must be read committed. Call <see cref="MessageHints.Wake"/> after the commit; without it they go out within a second.
/// </summary>
internal static class SendToUsers
{
    // Before it reads the devices, the transaction has its number by this: a device that it does not see finds it running, see TakeMissed. Holds up nobody who attaches.
    private const string LockSql = "select id from identity.users where id = any (@users) order by id for key share";

    // Those of one call keep their order among themselves.
    private const string QueueSql = """
        with device as materialized (
            select c.connection_id, c.user_id
            from realtime.websocket_connections c
            where c.connection_id in (
                select r.connection_id
                from (
                    select o.connection_id, o.is_alive, row_number() over (partition by o.user_id, o.is_alive order by o.last_activity desc) as place
                    from realtime.websocket_connections o
                    where o.user_id = any (@users) and (o.is_alive or o.last_activity > now() - make_interval(days => @seen))) r
                where r.is_alive or r.place <= @closed)
            order by c.connection_id
            for key share
        )
        insert into realtime.websocket_message_queue (id, connection_id, event_type, payload, priority, created_at, expires_at, user_id, message_id)
        select gen_random_uuid(), d.connection_id, m.event_type, m.payload::jsonb, m.priority, now() + (m.place - 1) * interval '1 microsecond',
               coalesce(m.expires_at, now() + make_interval(days => @days)), m.user_id, m.id
        from unnest(@ids, @of, @types, @payloads, @priorities, @expiries) with ordinality as m(id, user_id, event_type, payload, priority, expires_at, place)
        join identity.users u on u.id = m.user_id
        left join device d on d.user_id = m.user_id
        order by m.place, d.connection_id
        """;

    /// <summary>Sends them; whoever has no account any more gets none.</summary>
    /// <returns>Their ids, in the order of the messages.</returns>
    /// <exception cref="ArgumentException">A payload is too large.</exception>
    public static async Task<IReadOnlyList<Guid>> Run(NpgsqlTransaction tx, IReadOnlyList<UserMessage> messages, CancellationToken ct)
    {
        if (messages.Count == 0) return [];
        if (messages.Any(m => Encoding.UTF8.GetByteCount(m.Payload) > UserMessage.LongestPayload))
            throw new ArgumentException($"A message has more than {UserMessage.LongestPayload} bytes.", nameof(messages));
        var users = messages.Select(m => m.UserId).Distinct().ToArray();
        Guid[] ids = [.. messages.Select(_ => Guid.CreateVersion7())];
        await tx.Statement(LockSql, ("users", users)).Run(ct);
        await tx.Statement(
            QueueSql,
            ("users", users), ("seen", DeviceLimits.SeenDays), ("closed", DeviceLimits.Closed), ("days", UserMessage.Days), ("ids", ids), ("of", messages.Select(m => m.UserId).ToArray()),
            ("types", messages.Select(m => m.EventType).ToArray()), ("payloads", messages.Select(m => m.Payload).ToArray()),
            ("priorities", messages.Select(m => m.Priority).ToArray()), ("expiries", messages.Select(m => m.ExpiresAt?.ToUniversalTime()).ToArray())).Run(ct);
        return ids;
    }
}
