using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// Takes out of a disabled account whatever says whose it was. The row stays, because histories and the audit name it by its id, and its address is free for
/// another account. There is no way back.
/// </summary>
public sealed class EraseUser(NpgsqlDataSource database, IdentityOptions options)
{
    private const string HoldSql = """
        select u.id, u.role, s.disabled_at is not null, s.erased_at is not null
        from identity.users u
        join identity.sign_ins s on s.user_id = u.id
        where u.email = @email
        for update of u, s
        """;

    // Devices go with the sessions and rows of the queue with the devices, in whatever order they are found; so they are locked before, in the order in which everybody locks them (ADR 0043).
    private const string HoldDevicesSql = "select count(*) from (select from realtime.websocket_connections where user_id = @user order by connection_id for update) held";

    private const string HoldWaitingSql = "select count(*) from (select from realtime.websocket_message_queue where user_id = @user order by id for update) held";

    private const string UserSql = """
        update identity.users set email = 'erased-' || id || '@erased.invalid', name = 'Erased', phone = null, password = @password where id = @user
        """;

    private const string SignInSql = """
        update identity.sign_ins set erased_at = now(), tries = 0, locked_until = null, totp_secret = null, totp_since = null, totp_last_step = null where user_id = @user
        """;

    private const string LinksSql = "delete from identity.setup_links where user_id = @user";

    private const string SessionsSql = "delete from identity.sessions where user_id = @user";

    private const string DevicesSql = "delete from identity.known_devices where user_id = @user";

    private const string GrantsSql = "delete from identity.user_grants where user_id = @user";

    // What the account was told, or waits for a device of it, may speak of its holder; devices go with the sessions.
    private const string NotificationsSql = "delete from realtime.real_time_notifications where user_id = @user";

    private const string WishesSql = "delete from realtime.notification_preferences where user_id = @user";

    private const string WaitingSql = "delete from realtime.websocket_message_queue where user_id = @user";

    /// <summary>The account's id, by which it goes on being named. Refused: <c>USER_NOT_FOUND</c>, <c>USER_NOT_DISABLED</c>, <c>USER_ERASED</c>.</summary>
    public async Task<Result<Guid>> Run(string email, AuditOrigin by, CancellationToken ct)
    {
        email = Emails.Normal(email);
        var password = Bcrypt.Hash(Secrets.New(), options.PasswordCost); // of something nobody knows
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var found = await tx.Statement(HoldSql, ("email", email)).Rows(r => (Id: r.GetGuid(0), Role: r.GetString(1), IsDisabled: r.GetBoolean(2), IsErased: r.GetBoolean(3)), ct);
        switch (found)
        {
            case []: return new UserNotFound(email);
            case [{ IsErased: true }]: return new UserErased();
            case [{ IsDisabled: false }]: return new UserNotDisabled();
        }

        var user = found[0].Id;
        await tx.Statement(UserSql, ("user", user), ("password", password)).Run(ct);
        foreach (var sql in (string[])[HoldDevicesSql, HoldWaitingSql, SignInSql, LinksSql, SessionsSql, DevicesSql, GrantsSql, NotificationsSql, WishesSql, WaitingSql]) await tx.Statement(sql, ("user", user)).Run(ct);
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Delete, Audited.Users, user.ToString(), OldValues: new { found[0].Role }, NewValues: new { erased = true }), ct);
        await tx.CommitAsync(ct);
        return user;
    }
}
