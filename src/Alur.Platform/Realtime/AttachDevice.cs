using System.Security.Cryptography;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>
/// Makes a socket the present one of a device: of the one that it names, if that is the same person's, else of a new one. Then the device gets what waits for its
/// person and no device has acknowledged; what is being left for them at this moment it gets by <see cref="TakeMissed"/>.
/// </summary>
internal sealed class AttachDevice(NpgsqlDataSource db, RealtimeOptions options)
{
    private const int IdLength = 32; // 128 random bits

    // One after the other for a person. Who waits has a connection that others need.
    private const string LockSql = "set local lock_timeout = '3s'; select id from identity.users where id = @user for no key update";

    private const string DeviceSql = """
        with resumed as (
            update realtime.websocket_connections c
            set role = @role, ip_address = @address, user_agent = @agent, connected_at = now(), last_activity = now(), is_alive = true,
                session_id = @session, node = @node, attached = c.attached + 1
            where c.connection_id = @asked and c.user_id = @user
            returning c.connection_id, c.attached
        ), made as (
            insert into realtime.websocket_connections (id, user_id, connection_id, role, ip_address, user_agent, session_id, node)
            select @id, @user, @fresh, @role, @address, @agent, @session, @node
            where not exists (select from resumed)
              and (select count(*) from realtime.websocket_connections o where o.user_id = @user and o.is_alive) < @most
            returning connection_id, attached
        )
        select connection_id, attached from resumed union all select connection_id, attached from made
        """;

    // What is copied is locked like what is bound: whoever acknowledges it at this moment has done so before, or meets the copy afterwards.
    private const string TakeSql = """
        with elsewhere as (
            select distinct on (q.message_id) q.id, q.priority, q.created_at
            from realtime.websocket_message_queue q
            where q.user_id = @user and q.connection_id is not null and not q.acknowledged and (q.expires_at is null or q.expires_at > now())
              and not exists (select from realtime.websocket_message_queue o where o.message_id = q.message_id and (o.connection_id = @device or o.connection_id is null))
            order by q.message_id, q.id
        ), chosen as materialized (
            select id from (select e.id from elsewhere e order by e.priority, e.created_at desc limit @handed_on) c
            union all
            select q.id
            from realtime.websocket_message_queue q
            where q.user_id = @user and q.connection_id is null
              and not exists (select from realtime.websocket_message_queue o where o.message_id = q.message_id and o.connection_id = @device)
        ), held as materialized (
            select q.* from realtime.websocket_message_queue q where q.id in (select id from chosen) and not q.acknowledged order by q.id for update
        ), bound as (
            update realtime.websocket_message_queue q set connection_id = @device from held h where q.id = h.id and h.connection_id is null
        ), copied as (
            insert into realtime.websocket_message_queue (id, connection_id, event_type, payload, priority, created_at, expires_at, max_attempts, user_id, message_id, sent_in)
            select gen_random_uuid(), @device, h.event_type, h.payload, h.priority, h.created_at, h.expires_at, h.max_attempts, h.user_id, h.message_id, h.sent_in
            from held h
            where h.connection_id is not null
            on conflict (message_id, connection_id) do nothing
        )
        select pg_current_snapshot()::text
        """;

    // Whatever else writes one of them is not waited for: it goes the next time.
    private const string TooManySql = """
        select c.connection_id
        from realtime.websocket_connections c
        where not c.is_alive and c.connection_id in (
            select o.connection_id from realtime.websocket_connections o
            where o.user_id = @user order by o.is_alive desc, o.last_activity desc offset @most)
        order by c.connection_id
        for update skip locked
        """;

    // With what is bound to the new device, in the order of their keys.
    private const string LockQueueSql = """
        select id from realtime.websocket_message_queue where user_id = @user and (connection_id is null or connection_id = any (@devices)) order by id for update
        """;

    private const string RecordSql = """
        insert into realtime.websocket_events (id, event_type, connection_id, payload, message_id)
        values (gen_random_uuid(), 'connection_status', @device, '{"status": "connected"}', @message)
        """;

    /// <summary>Which server holds the sockets of this process.</summary>
    public static string Node { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Attaches.</summary>
    /// <param name="user">Who is signed in.</param>
    /// <param name="from">Where they connect from.</param>
    /// <param name="asked">The device that they want to be; null: a new one.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null: the person has so many devices with an open socket that there is no room for one more.</returns>
    /// <exception cref="PostgresException">Among others: a lock could not be had within 3 seconds.</exception>
    public async Task<Device?> Run(SignedInUser user, AuditOrigin from, string? asked, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await tx.Statement(LockSql, ("user", user.UserId)).Run(ct);
        var fresh = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        var devices = await tx.Statement(
            DeviceSql,
            ("user", user.UserId), ("role", user.Role), ("address", from.IpAddress), ("agent", from.UserAgent), ("session", user.SessionId), ("node", Node),
            ("asked", asked is { Length: IdLength } && asked.All(char.IsAsciiHexDigitLower) ? asked : ""), ("fresh", fresh), ("id", Guid.CreateVersion7()), ("most", DeviceLimits.Devices)).Rows(r => new Device(r.GetString(0), r.GetInt64(1)), ct);
        if (devices is not [var device]) return null;
        if (device.ConnectionId == fresh) await MakeRoom(tx, user.UserId, ct);
        var seen = await tx.Statement(TakeSql, ("user", user.UserId), ("device", device.ConnectionId), ("handed_on", DeviceLimits.HandedOn)).Rows(r => r.GetString(0), ct);
        if (options.RecordHeartbeats) await tx.Statement(RecordSql, ("device", device.ConnectionId), ("message", Guid.CreateVersion7())).Run(ct);
        await tx.CommitAsync(ct);
        RealtimeMetrics.Attached.Add(1);
        return device with { Seen = seen.Single() };
    }

    // What devices leave that are one too many is bound to the new one.
    private static async Task MakeRoom(NpgsqlTransaction tx, Guid user, CancellationToken ct)
    {
        var tooMany = (await tx.Statement(TooManySql, ("user", user), ("most", DeviceLimits.Devices)).Rows(r => r.GetString(0), ct)).ToArray();
        if (tooMany.Length == 0) return;
        await tx.Statement(LockQueueSql, ("user", user), ("devices", tooMany)).Run(ct);
        await ForgetDevices.Run(tx, tooMany, ct);
    }
}
