using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>Writes which topics the devices of this node follow: each one's list as it is now, so that saying it again changes nothing.</summary>
internal static class WriteRooms
{
    // The devices are locked first: the trigger that keeps their rooms writes them too.
    private const string Sql = WriteDevices.LockMine + $"""
        with present as materialized (
            select c.connection_id, f.room_id
            from realtime.websocket_connections c
            join unnest(@followers, @rooms) as f(connection_id, room_id) on f.connection_id = c.connection_id
            where {WriteDevices.Mine}
        ), gone as (
            delete from realtime.websocket_room_memberships r using realtime.websocket_connections c
            where r.connection_id = c.connection_id and {WriteDevices.Mine} and (r.connection_id, r.room_id) not in (select connection_id, room_id from present)
        )
        insert into realtime.websocket_room_memberships (connection_id, room_id)
        select connection_id, room_id from present order by connection_id, room_id
        on conflict (connection_id, room_id) do nothing
        """;

    /// <summary>Runs once.</summary>
    public static Task Run(NpgsqlDataSource db, IReadOnlyCollection<(Device Device, IReadOnlyList<string> Topics)> devices, CancellationToken ct) => db.Statement(
        Sql,
        ("devices", devices.Select(d => d.Device.ConnectionId).ToArray()), ("attached", devices.Select(d => d.Device.Attached).ToArray()),
        ("followers", devices.SelectMany(d => d.Topics.Select(_ => d.Device.ConnectionId)).ToArray()), ("rooms", devices.SelectMany(d => d.Topics).ToArray())).Run(ct);
}
