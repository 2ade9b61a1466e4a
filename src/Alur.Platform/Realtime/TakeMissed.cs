using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>
/// Gives devices what was being left for their person while they attached: its transaction did not see the device, and the device did not see the message. Asked
/// for each until every transaction has ended that was running when the device was there.
/// </summary>
internal static class TakeMissed
{
    // Nothing is locked or written unless something is missed. The device stays who it is until it has it, because a newer socket of it may have acknowledged it already;
    // and so does what is copied, because another device may acknowledge it. An id that was restored from another cluster is beyond any snapshot and says nothing.
    private const string Sql = """
        with missed as materialized (
            select distinct on (s.connection_id, q.message_id) s.connection_id, s.attached, q.id
            from unnest(@devices, @attached, @users, @seen::pg_snapshot[]) as s(connection_id, attached, user_id, seen)
            join realtime.websocket_message_queue q on q.user_id = s.user_id
            where not q.acknowledged and (q.expires_at is null or q.expires_at > now())
              and not pg_visible_in_snapshot(q.sent_in, s.seen) and pg_visible_in_snapshot(q.sent_in, pg_current_snapshot())
              and not exists (select from realtime.websocket_message_queue o where o.message_id = q.message_id and o.connection_id = s.connection_id)
            order by s.connection_id, q.message_id, q.id
        ), device as materialized (
            select c.connection_id
            from realtime.websocket_connections c
            where exists (select from missed m where m.connection_id = c.connection_id and m.attached = c.attached)
            order by c.connection_id
            for no key update
        ), held as materialized (
            select q.*
            from realtime.websocket_message_queue q
            where q.id in (select id from missed) and not q.acknowledged and (select count(*) from device) >= 0 -- all of them before the first row
            order by q.id
            for update
        ), taken as (
            insert into realtime.websocket_message_queue (id, connection_id, event_type, payload, priority, created_at, expires_at, max_attempts, user_id, message_id, sent_in)
            select gen_random_uuid(), d.connection_id, h.event_type, h.payload, h.priority, h.created_at, h.expires_at, h.max_attempts, h.user_id, h.message_id, h.sent_in
            from missed m
            join device d on d.connection_id = m.connection_id
            join held h on h.id = m.id
            on conflict (message_id, connection_id) do nothing
        )
        select pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint, exists (select from missed)
        """;

    /// <summary>Runs once, and tells the lines how far it could see.</summary>
    public static async Task Run(NpgsqlDataSource db, IReadOnlyList<DeviceLine> lines, CancellationToken ct)
    {
        var (running, begun, isMissing) = (await db.Statement(
            Sql,
            ("devices", lines.Select(l => l.Device.ConnectionId).ToArray()), ("attached", lines.Select(l => l.Device.Attached).ToArray()),
            ("users", lines.Select(l => l.User).ToArray()), ("seen", lines.Select(l => l.Device.Seen!).ToArray())).Rows(r => (r.GetInt64(0), r.GetInt64(1), r.GetBoolean(2)), ct)).Single();
        foreach (var line in lines) line.Looked(running, begun, isMissing);
    }
}
