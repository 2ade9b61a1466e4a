using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// Exchanges a refresh token for the next one. Each is good once: one that is shown again was copied, by whom nobody can say, so the session ends
/// for both, and the audit says so.
/// </summary>
internal sealed class RefreshSession(NpgsqlDataSource database)
{
    private const string LookSql = """
        select s.id, s.user_id, s.expires_at, t.replaced_at is not null
        from identity.session_tokens t
        join identity.sessions s on s.id = t.session_id
        join identity.sign_ins i on i.user_id = s.user_id
        where t.hash = @hash and s.kind = 'token' and s.ended_at is null and s.expires_at > now() and i.disabled_at is null
        for update of t, s
        """;

    private const string ExchangeSql = """
        with used as (
            update identity.session_tokens set replaced_at = now() where hash = @old
        )
        insert into identity.session_tokens (hash, session_id) values (@new, @session)
        """;

    private const string EndSql = "update identity.sessions set ended_at = now(), ended_by = 'reuse' where id = @session";

    /// <summary>The session with its next refresh token. Refused: <c>REFRESH_REFUSED</c>.</summary>
    public async Task<Result<NewSession>> Run(string secret, AuditOrigin origin, CancellationToken ct)
    {
        var (old, next) = (Secrets.Hash(secret), Secrets.New());
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var found = await tx.Statement(LookSql, ("hash", old)).Rows(r => (Session: new NewSession(r.GetGuid(0), r.GetGuid(1), next, r.GetFieldValue<DateTimeOffset>(2)), IsCopied: r.GetBoolean(3)), ct);
        if (found is [])
        {
            return new RefreshRefused();
        }

        var (session, copied) = found[0];
        if (copied)
        {
            await tx.Statement(EndSql, ("session", session.Id)).Run(ct);
            await WriteAudit.Run(tx, origin, Copied(session), ct);
        }
        else
        {
            await tx.Statement(ExchangeSql, ("old", old), ("new", Secrets.Hash(next)), ("session", session.Id)).Run(ct);
        }

        await tx.CommitAsync(ct);
        return copied ? new RefreshRefused() : session;
    }

    // Who showed it is not known: its holder or whoever copied it.
    private static AuditEntry Copied(NewSession session) => new(
        AuditAction.Delete, Audited.Sessions, session.Id.ToString(), OldValues: new { session = "token", session.UserId }, NewValues: new { ended = "reuse" });
}
