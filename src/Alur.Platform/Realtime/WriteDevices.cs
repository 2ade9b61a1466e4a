using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>What this node says of its devices, of all of them at once.</summary>
internal static class WriteDevices
{
    /// <summary>Those of these devices whose present socket is this node's.</summary>
    internal const string Mine = "(c.connection_id, c.attached) in (select * from unnest(@devices, @attached))";

    /// <summary>
    /// Locks them in the order of their keys, in a statement of its own before the one that changes them. One that did both would begin its changes at the versions that
    /// it saw at its start; if somebody sends to such a device meanwhile, PostgreSQL lets it queue there behind those who wait for this very statement: a circle.
    /// </summary>
    internal const string LockMine = "select count(*) from (select from realtime.websocket_connections c where " + Mine + " order by c.connection_id for no key update) mine; ";

    internal const string SeenSql = $"""
        with revived as (
            select c.connection_id from realtime.websocket_connections c where {Mine} and not c.is_alive
        ), seen as (
            update realtime.websocket_connections c set last_activity = now(), is_alive = true where {Mine}
        )
        select connection_id from revived
        """;

    private const string LeftSql = LockMine + $"""
        with gone as (
            delete from realtime.websocket_room_memberships r using realtime.websocket_connections c where r.connection_id = c.connection_id and {Mine}
        )
        update realtime.websocket_connections c set last_activity = now(), is_alive = false where {Mine}
        """;

    private const string RecordSql = $"""
        insert into realtime.websocket_events (id, event_type, connection_id, payload, message_id)
        select gen_random_uuid(), 'heartbeat', mine.connection_id, jsonb_build_object('at', @at), @message
        from (select c.connection_id from realtime.websocket_connections c where {Mine} order by c.connection_id for key share) mine
        """;

    /// <summary>Their sockets are open.</summary>
    /// <returns>Those that were taken for gone meanwhile: what they follow is forgotten.</returns>
    public static async Task<IReadOnlyCollection<string>> Seen(NpgsqlDataSource db, IReadOnlyCollection<Device> devices, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await tx.Statement(LockMine, Named(devices)).Run(ct);
        var revived = await tx.Statement(SeenSql, Named(devices)).Rows(r => r.GetString(0), ct);
        await tx.CommitAsync(ct);
        return revived;
    }

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

    private static NpgsqlCommand On(NpgsqlDataSource db, string sql, IReadOnlyCollection<Device> devices) => db.Statement(sql, Named(devices));

    private static (string Name, object? Value)[] Named(IReadOnlyCollection<Device> devices) =>
        [("devices", devices.Select(d => d.ConnectionId).ToArray()), ("attached", devices.Select(d => d.Attached).ToArray())];
}
