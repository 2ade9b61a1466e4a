using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>
/// Gives devices what was being left for their person while they attached: its transaction did not see the device, and the device did not see the message. Asked
/// for each until every transaction has ended that was running when the device was there.
/// </summary>
internal static class TakeMissed
{
    // Nothing is locked or written unless something is missed. The device stays who it is until it has it: a newer socket of it may have acknowledged it already.
    private const string Sql = """
        with missed as materialized (
            select distinct on (s.connection_id, q.message_id) s.connection_id, s.attached, q.*
            from unnest(@devices, @attached, @users, @seen) as s(connection_id, attached, user_id, seen)
            join (
                select id as row_id, user_id as person, message_id, event_type, payload, priority, created_at, expires_at, max_attempts, sent_in
                from realtime.websocket_message_queue
                where not acknowledged and (expires_at is null or expires_at > now())) q on q.person = s.user_id and not pg_visible_in_snapshot(q.sent_in, s.seen::pg_snapshot)
            where not exists (select from realtime.websocket_message_queue o where o.message_id = q.message_id and o.connection_id = s.connection_id)
            order by s.connection_id, q.message_id, q.row_id
        ), device as materialized (
            select c.connection_id
            from realtime.websocket_connections c
            where exists (select from missed m where m.connection_id = c.connection_id and m.attached = c.attached)
            order by c.connection_id
            for no key update
        ), taken as (
            insert into realtime.websocket_message_queue (id, connection_id, event_type, payload, priority, created_at, expires_at, max_attempts, user_id, message_id, sent_in)
            select gen_random_uuid(), m.connection_id, m.event_type, m.payload, m.priority, m.created_at, m.expires_at, m.max_attempts, m.person, m.message_id, m.sent_in
            from missed m
            join device d on d.connection_id = m.connection_id
            on conflict (message_id, connection_id) do nothing
        )
        select pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        """;

    /// <summary>Runs once, and tells the lines how far it could see.</summary>
    public static async Task Run(NpgsqlDataSource db, IReadOnlyList<DeviceLine> lines, CancellationToken ct)
    {
        var (running, begun) = (await db.Statement(
            Sql,
            ("devices", lines.Select(l => l.Device.ConnectionId).ToArray()), ("attached", lines.Select(l => l.Device.Attached).ToArray()),
            ("users", lines.Select(l => l.User).ToArray()), ("seen", lines.Select(l => l.Device.Seen!).ToArray())).Rows(r => (r.GetInt64(0), r.GetInt64(1)), ct)).Single();
        foreach (var line in lines) line.Looked(running, begun);
    }
}
