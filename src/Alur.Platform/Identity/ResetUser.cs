using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// For somebody who cannot get in any more: a new link to choose a password by, and the lock after wrong tries is lifted. The old password
/// works until the link is used; an account that is in the wrong hands is disabled instead.
/// </summary>
public sealed class ResetUser(NpgsqlDataSource database, IdentityOptions options)
{
    private const string UnlockSql = """
        update identity.sign_ins s
        set tries = 0, locked_until = null,
            totp_secret = case when not @totp then s.totp_secret end,
            totp_since = case when not @totp then s.totp_since end,
            totp_last_step = case when not @totp then s.totp_last_step end
        from identity.users u
        where u.email = @email and s.user_id = u.id and s.erased_at is null
        returning u.id
        """;

    /// <summary>The link. Refused: <c>USER_NOT_FOUND</c>.</summary>
    /// <param name="email">Whose account.</param>
    /// <param name="withSecondFactor">Forget the second factor too, for somebody who lost the phone.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="ct">Gives up.</param>
    public Task<Result<SetUpLink>> Run(string email, bool withSecondFactor, AuditOrigin by, CancellationToken ct) =>
        Run(email, withSecondFactor, by, beforeCommit: (_, _) => Task.CompletedTask, ct);

    /// <summary>The same, with something more to do in its transaction.</summary>
    internal async Task<Result<SetUpLink>> Run(string email, bool withSecondFactor, AuditOrigin by, Func<NpgsqlTransaction, SetUpLink, Task> beforeCommit, CancellationToken ct)
    {
        email = Emails.Normal(email);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var user = await tx.Statement(UnlockSql, ("email", email), ("totp", withSecondFactor)).Rows(r => r.GetGuid(0), ct);
        if (user is [])
        {
            return new UserNotFound(email);
        }

        await KnownDevices.Unlock(tx, user[0], ct);
        var link = await SetUpLink.Make(tx, user[0], options.LinkHours, ct);
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Update, Audited.Users, user[0].ToString(), NewValues: new { reset = true, withSecondFactor }), ct);
        await beforeCommit(tx, link);
        await tx.CommitAsync(ct);
        return link;
    }
}
