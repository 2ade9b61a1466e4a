using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>Writes that devices have messages: they wait no longer for these devices, and are handed on to no other. What waits for nobody is left as it is.</summary>
internal static class AcknowledgeMessages
{
    // Locks are taken in the order devices, rows of the queue, each by its key, and all before the first row is changed. Of several sendings the last is the one that arrived.
    private const string Sql = """
        with said as materialized (
            select distinct s.connection_id, s.message_id from unnest(@devices, @messages) as s(connection_id, message_id)
        ), device as materialized (
            select c.connection_id from realtime.websocket_connections c where c.connection_id in (select connection_id from said) order by c.connection_id for key share
        ), touched as materialized (
            select q.id
            from realtime.websocket_message_queue q
            where q.message_id in (
                select w.message_id from said s join realtime.websocket_message_queue w on w.message_id = s.message_id and w.connection_id = s.connection_id)
              and (select count(*) from device) >= 0
            order by q.id
            for update
        ), taken as (
            delete from realtime.websocket_message_queue q using said s
            where q.id in (select id from touched) and q.connection_id = s.connection_id and q.message_id = s.message_id and (select count(*) from touched) >= 0
            returning q.connection_id, q.message_id
        ), elsewhere as (
            update realtime.websocket_message_queue q set acknowledged = true
            where q.id in (select id from touched) and not q.acknowledged and (select count(*) from touched) >= 0
              and not exists (select from said s where s.connection_id = q.connection_id and s.message_id = q.message_id)
        )
        update realtime.websocket_events e set is_delivered = true, delivered_at = now()
        from (
            select distinct on (n.connection_id, n.message_id) n.id, n.created_at
            from realtime.websocket_events n
            join taken t on t.connection_id = n.connection_id and t.message_id = n.message_id
            where not n.is_delivered
            order by n.connection_id, n.message_id, n.created_at desc) last
        where e.id = last.id and e.created_at = last.created_at
        """;

    // Whoever copied such a row for a device that had just come was waited for, and the copy is there now. In a transaction of its own, because its key may be any; it asks for
    // all of them, because after a crash between the two the row of the device itself is gone.
    private const string CopiesSql = """
        with said as materialized (
            select c.user_id, s.message_id
            from unnest(@devices, @messages) as s(connection_id, message_id)
            join realtime.websocket_connections c on c.connection_id = s.connection_id
        ), copy as materialized (
            select q.id
            from realtime.websocket_message_queue q
            where (q.message_id, q.user_id) in (select message_id, user_id from said) and not q.acknowledged
            order by q.id
            for update
        )
        update realtime.websocket_message_queue q set acknowledged = true where q.id in (select id from copy) and (select count(*) from copy) >= 0
        """;

    /// <summary>Runs once; saying it again changes nothing.</summary>
    public static async Task Run(NpgsqlDataSource db, IReadOnlyCollection<(string ConnectionId, Guid Message)> acknowledged, CancellationToken ct)
    {
        var (devices, messages) = (acknowledged.Select(a => a.ConnectionId).ToArray(), acknowledged.Select(a => a.Message).ToArray());
        await db.Statement(Sql, ("devices", devices), ("messages", messages)).Run(ct);
        await db.Statement(CopiesSql, ("devices", devices), ("messages", messages)).Run(ct);
    }
}
