using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>What this node says of its devices: one statement for all of them.</summary>
internal static class WriteDevices
{
    private const string Mine = """
        with mine as materialized (
            select c.connection_id
            from unnest(@devices, @attached) as s(connection_id, attached)
            join realtime.websocket_connections c on c.connection_id = s.connection_id and c.attached = s.attached
            order by c.connection_id
            for no key update of c
        """;

    // What somebody else writes at this moment is alive or forgotten anyway, and is written again in a minute: waiting for it could only end in a circle.
    internal const string SeenSql = Mine + " skip locked) update realtime.websocket_connections c set last_activity = now(), is_alive = true from mine m where c.connection_id = m.connection_id";

    private const string LeftSql = Mine + """
        ), gone as (
            delete from realtime.websocket_room_memberships r using mine m where r.connection_id = m.connection_id
        )
        update realtime.websocket_connections c set last_activity = now(), is_alive = false from mine m where c.connection_id = m.connection_id
        """;

    private const string RecordSql = """
        with mine as materialized (
            select c.connection_id
            from unnest(@devices, @attached) as s(connection_id, attached)
            join realtime.websocket_connections c on c.connection_id = s.connection_id and c.attached = s.attached
            order by c.connection_id
            for key share of c
        )
        insert into realtime.websocket_events (id, event_type, connection_id, payload, message_id)
        select gen_random_uuid(), 'heartbeat', connection_id, jsonb_build_object('at', @at), @message from mine
        """;

    /// <summary>Their sockets are open.</summary>
    public static Task<int> Seen(NpgsqlDataSource db, IReadOnlyCollection<Device> devices, CancellationToken ct) => On(db, SeenSql, devices).Run(ct);

    /// <summary>Their sockets have ended.</summary>
    public static Task<int> Left(NpgsqlDataSource db, IReadOnlyCollection<Device> devices, CancellationToken ct) => On(db, LeftSql, devices).Run(ct);

    /// <summary>Records a sign of life that they were sent: one row for each, of one message.</summary>
    public static Task<int> Record(NpgsqlDataSource db, DateTimeOffset at, IReadOnlyCollection<Device> devices, CancellationToken ct)
    {
        var statement = On(db, RecordSql, devices);
        statement.Parameters.AddWithValue("at", at.ToUniversalTime());
        statement.Parameters.AddWithValue("message", Guid.CreateVersion7());
        return statement.Run(ct);
    }

    private static NpgsqlCommand On(NpgsqlDataSource db, string sql, IReadOnlyCollection<Device> devices) =>
        db.Statement(sql, ("devices", devices.Select(d => d.ConnectionId).ToArray()), ("attached", devices.Select(d => d.Attached).ToArray()));
}
