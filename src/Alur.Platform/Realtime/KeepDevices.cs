using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>
/// The upkeep, every minute on one node: devices of nodes that died are not taken for present, devices that nobody has seen for long are forgotten, and messages
/// that have expired are taken away. What a forgotten device leaves that nobody has acknowledged waits for the next device of its person.
/// </summary>
internal sealed class KeepDevices(NpgsqlDataSource db)
{
    private const int AtOnce = 1000;

    private const string SilentSql = """
        with silent as materialized (
            select c.connection_id
            from realtime.websocket_connections c
            where c.is_alive and c.last_activity < now() - make_interval(mins => @minutes)
            order by c.connection_id
            for update skip locked
        ), gone as (
            delete from realtime.websocket_room_memberships m using silent s where m.connection_id = s.connection_id
        )
        update realtime.websocket_connections c set is_alive = false from silent s where c.connection_id = s.connection_id
        """;

    private const string UnseenSql = """
        select c.connection_id
        from realtime.websocket_connections c
        where not c.is_alive and c.last_activity < now() - make_interval(days => @days)
        order by c.connection_id
        limit @most
        for update skip locked
        """;

    private const string ExpiredSql = """
        with expired as materialized (
            select q.id
            from realtime.websocket_message_queue q
            where q.expires_at <= now() or (q.expires_at is null and q.created_at < now() - make_interval(days => @days))
            order by q.id
            limit @most
            for update skip locked
        )
        delete from realtime.websocket_message_queue q using expired e where q.id = e.id
        """;

    /// <summary>Looks once.</summary>
    public async Task RunOnce(CancellationToken ct)
    {
        await db.Statement(SilentSql, ("minutes", DeviceLimits.SilentMinutes)).Run(ct);
        while (await Forget(ct) == AtOnce) { }
        while (await db.Statement(ExpiredSql, ("days", UserMessage.Days), ("most", AtOnce)).Run(ct) == AtOnce) { }
    }

    private async Task<int> Forget(CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var devices = (await tx.Statement(UnseenSql, ("days", DeviceLimits.SeenDays), ("most", AtOnce)).Rows(r => r.GetString(0), ct)).ToArray();
        if (devices.Length == 0) return 0;
        await ForgetDevices.Run(tx, devices, ct);
        await tx.CommitAsync(ct);
        return devices.Length;
    }
}
