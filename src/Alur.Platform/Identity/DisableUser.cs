using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Shuts an account, at once and everywhere, or opens it again. Nothing of it is deleted: histories speak of its holder.</summary>
public sealed class DisableUser(NpgsqlDataSource database)
{
    private const string DisableSql = """
        update identity.sign_ins s set disabled_at = coalesce(s.disabled_at, now())
        from identity.users u
        where u.email = @email and s.user_id = u.id
        returning u.id
        """;

    private const string EnableSql = """
        update identity.sign_ins s set disabled_at = null, tries = 0, locked_until = null
        from identity.users u
        where u.email = @email and s.user_id = u.id and s.erased_at is null
        returning u.id
        """;

    /// <summary>Ends its sessions and lets nobody in. Refused: <c>USER_NOT_FOUND</c>, <c>LAST_ADMIN</c>.</summary>
    public Task<Result<Guid>> Run(string email, AuditOrigin by, CancellationToken ct) => Run(email, seen: null, by, ct);

    /// <summary>The same if the account is still as it was <paramref name="seen"/>. Refused besides: <c>STALE</c>.</summary>
    public async Task<Result<Guid>> Run(string email, Precondition? seen, AuditOrigin by, CancellationToken ct)
    {
        email = Emails.Normal(email);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var admins = await Admins.Lock(tx, email, ct);
        if (admins is [var last] && last == email)
        {
            return new LastAdmin();
        }

        if (await UserVersion.Check(tx, email, seen, ct) is { } stale)
        {
            return stale;
        }

        var user = await tx.Statement(DisableSql, ("email", email)).Rows(r => r.GetGuid(0), ct);
        if (user is [])
        {
            return new UserNotFound(email);
        }

        await EndSessions.Of(tx, user[0], EndSessions.Disabled, ct);
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Update, Audited.Users, user[0].ToString(), NewValues: new { disabled = true }), ct);
        await tx.CommitAsync(ct);
        return user[0];
    }

    /// <summary>Takes passwords again. Refused: <c>USER_NOT_FOUND</c>.</summary>
    public Task<Result<Guid>> Undo(string email, AuditOrigin by, CancellationToken ct) => Undo(email, seen: null, by, ct);

    /// <summary>The same if the account is still as it was <paramref name="seen"/>. Refused besides: <c>STALE</c>.</summary>
    public async Task<Result<Guid>> Undo(string email, Precondition? seen, AuditOrigin by, CancellationToken ct)
    {
        email = Emails.Normal(email);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await UserVersion.Check(tx, email, seen, ct) is { } stale)
        {
            return stale;
        }

        var user = await tx.Statement(EnableSql, ("email", email)).Rows(r => r.GetGuid(0), ct);
        if (user is [])
        {
            return new UserNotFound(email);
        }

        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Update, Audited.Users, user[0].ToString(), NewValues: new { disabled = false }), ct);
        await tx.CommitAsync(ct);
        return user[0];
    }
}

/// <summary>There is always one who can let others in.</summary>
internal static class Admins
{
    // Sign-ins of admins refer to the row meanwhile, which "for update" would hold up: each would wait for the other.
    private const string LockSql = """
        select u.email, u.role = 'admin' and s.disabled_at is null, s.last_at is not null
        from identity.users u
        join identity.sign_ins s on s.user_id = u.id
        where u.role = 'admin' or u.email = @email
        order by u.id
        for no key update
        """;

    /// <summary>
    /// The e-mail addresses of all admins who can sign in; no other transaction takes one away before this one has ended. Whoever is about to be changed is
    /// locked in the same walk, and so are admins who may not sign in: two who change each other must take both in one order. Who never signed in may have lost
    /// the link or let it run out, so they count only where nobody ever did.
    /// </summary>
    public static async Task<List<string>> Lock(NpgsqlTransaction tx, string email, CancellationToken ct)
    {
        var rows = await tx.Statement(LockSql, ("email", email)).Rows(r => (Email: r.GetString(0), May: r.GetBoolean(1), Did: r.GetBoolean(2)), ct);
        var admins = rows.Where(admin => admin.May).ToList();
        return [.. (admins.Exists(admin => admin.Did) ? admins.Where(admin => admin.Did) : admins).Select(admin => admin.Email)];
    }
}

/// <summary>Ends what somebody is signed in to.</summary>
internal static class EndSessions
{
    public const string Disabled = "disabled";
    public const string Reset = "reset";

    private const string EndSql = "update identity.sessions set ended_at = now(), ended_by = @by where user_id = @user and ended_at is null";

    public static Task<int> Of(NpgsqlTransaction tx, Guid user, string by, CancellationToken ct) => tx.Statement(EndSql, ("user", user), ("by", by)).Run(ct);
}
