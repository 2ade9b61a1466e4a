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
        select c.connection_id
        from realtime.websocket_connections c
        where c.is_alive and c.last_activity < now() - make_interval(mins => @minutes)
        order by c.connection_id
        limit @most
        for update skip locked
        """;

    // In a statement after the one that locks them: PostgreSQL would change them from the versions that the first one saw at its beginning, and queue there.
    private const string GoneSql = """
        with gone as (
            delete from realtime.websocket_room_memberships m where m.connection_id = any (@devices)
        )
        update realtime.websocket_connections c set is_alive = false where c.connection_id = any (@devices)
        """;

    // Of people one after the other, as for devices that attach: those must meet what is left behind, in the one place or in the other.
    private const string UnseenSql = """
        with people as materialized (
            select u.id
            from identity.users u
            where exists (
                select from realtime.websocket_connections c where c.user_id = u.id and not c.is_alive and c.last_activity < now() - make_interval(days => @days))
            order by u.id
            limit @most
            for no key update skip locked
        )
        select c.connection_id
        from realtime.websocket_connections c
        where not c.is_alive and c.last_activity < now() - make_interval(days => @days) and c.user_id in (select id from people)
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
        while (await Of(SilentSql, ("minutes", DeviceLimits.SilentMinutes), (tx, silent) => tx.Statement(GoneSql, ("devices", silent)).Run(ct), ct) == AtOnce) { }
        while (await Of(UnseenSql, ("days", DeviceLimits.SeenDays), (tx, unseen) => ForgetDevices.Run(tx, unseen, ct), ct) == AtOnce) { }
        while (await db.Statement(ExpiredSql, ("days", UserMessage.Days), ("most", AtOnce)).Run(ct) == AtOnce) { }
    }

    // Locks some and does it to them.
    private async Task<int> Of(string sql, (string, object?) since, Func<NpgsqlTransaction, string[], Task> what, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var devices = (await tx.Statement(sql, since, ("most", AtOnce)).Rows(r => r.GetString(0), ct)).ToArray();
        if (devices.Length > 0) await what(tx, devices);
        await tx.CommitAsync(ct);
        return devices.Length;
    }
}
