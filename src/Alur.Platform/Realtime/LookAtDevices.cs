using Alur.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Realtime;

/// <summary>What there is to do for devices of this node, asked of all of them at once; takes no lock and writes nothing.</summary>
internal static class LookAtDevices
{
    private const string Sql = """
        select s.connection_id, c.connection_id is null
        from unnest(@devices, @attached, @has_room) as s(connection_id, attached, has_room)
        left join realtime.websocket_connections c on c.connection_id = s.connection_id and c.attached = s.attached
        where c.connection_id is null or s.has_room and exists (
            select from realtime.websocket_message_queue q
            where q.connection_id = s.connection_id and q.attempts < q.max_attempts and (q.expires_at is null or q.expires_at > now()) and q.id <> all (@sent))
        """;

    /// <summary>Those for which a message is due, or which are lost: they have a newer socket, on whichever node, or are forgotten.</summary>
    public static Task<List<(string ConnectionId, bool IsLost)>> Run(NpgsqlDataSource db, IReadOnlyList<DeviceLine> lines, CancellationToken ct)
    {
        var hasRoom = lines.Select(l => l.Room > 0).ToArray(); // without it nothing is due, and what is in flight need not be named
        var statement = db.Statement(
            Sql, ("devices", lines.Select(l => l.Device.ConnectionId).ToArray()), ("attached", lines.Select(l => l.Device.Attached).ToArray()), ("has_room", hasRoom));
        statement.Parameters.Add(new NpgsqlParameter("sent", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = lines.Where((_, i) => hasRoom[i]).SelectMany(l => l.InFlight).ToArray() });
        return statement.Rows(r => (r.GetString(0), r.GetBoolean(1)), ct);
    }
}
