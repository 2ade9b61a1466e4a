using Alur.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Realtime;

/// <summary>A message on its way to a device.</summary>
/// <param name="Row">Of the queue.</param>
/// <param name="ConnectionId">The device.</param>
/// <param name="Id">The same for every device.</param>
/// <param name="EventType">What it is about.</param>
/// <param name="Priority">Lower is more urgent.</param>
/// <param name="Payload">JSON.</param>
/// <param name="CreatedAt">When it was left for the person.</param>
internal sealed record WaitingMessage(Guid Row, string ConnectionId, Guid Id, string EventType, int Priority, string Payload, DateTimeOffset CreatedAt);

/// <summary>
/// Takes what is due for some devices of this node, the most urgent first. The statement that returns a message counts the attempt and notes the delivery, so no
/// crash leaves one that went out uncounted.
/// </summary>
internal static class DrainQueue
{
    // Locks are taken in the order devices, rows of the queue, each by its key. A device that has a newer socket gets nothing here. What somebody else writes at this
    // moment goes out with the next look: whoever copies a row for another device may wait for this statement while it holds others.
    private const string Sql = """
        with candidate as materialized (
            select q.id, s.connection_id, s.attached
            from unnest(@devices, @attached, @room) as s(connection_id, attached, room)
            cross join lateral (
                select w.id
                from realtime.websocket_message_queue w
                where w.connection_id = s.connection_id and w.attempts < w.max_attempts and (w.expires_at is null or w.expires_at > now()) and w.id <> all (@sent)
                order by w.priority, w.created_at, w.id
                limit s.room) q
        ), device as materialized (
            select c.connection_id
            from realtime.websocket_connections c
            where exists (select from candidate s where s.connection_id = c.connection_id and s.attached = c.attached)
            order by c.connection_id
            for key share
        ), due as materialized (
            select q.id
            from realtime.websocket_message_queue q
            where q.id in (select id from candidate) and q.connection_id in (select connection_id from device) and q.attempts < q.max_attempts
              and (select count(*) from device) >= 0 -- all of them before the first row
            order by q.id
            for update skip locked
        ), sent as (
            update realtime.websocket_message_queue q set attempts = q.attempts + 1 from due d where q.id = d.id
            returning q.id, q.connection_id, q.message_id, q.event_type, q.priority, q.payload, q.created_at
        ), noted as (
            insert into realtime.websocket_events (id, event_type, connection_id, payload, message_id)
            select gen_random_uuid(), event_type, connection_id, payload, message_id from sent
        )
        select id, connection_id, message_id, event_type, priority, payload::text, created_at from sent order by connection_id, priority, created_at, id
        """;

    /// <summary>Runs once.</summary>
    /// <returns>The messages of each device, in the order in which they are to be sent.</returns>
    public static Task<List<WaitingMessage>> Run(NpgsqlDataSource db, IReadOnlyList<DeviceLine> lines, CancellationToken ct)
    {
        var statement = db.Statement(
            Sql,
            ("devices", lines.Select(l => l.Device.ConnectionId).ToArray()), ("attached", lines.Select(l => l.Device.Attached).ToArray()), ("room", lines.Select(l => l.Room).ToArray()));
        statement.Parameters.Add(new NpgsqlParameter("sent", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = lines.SelectMany(l => l.InFlight).ToArray() });
        return statement.Rows(r => new WaitingMessage(r.GetGuid(0), r.GetString(1), r.GetGuid(2), r.GetString(3), r.GetInt32(4), r.GetString(5), r.GetFieldValue<DateTimeOffset>(6)), ct);
    }
}
