using Alur.Platform.Audit;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>What a session is made for.</summary>
internal enum SessionKind
{
    /// <summary>A person in a browser: one secret, in a cookie.</summary>
    Cookie,

    /// <summary>A program: access tokens, renewed by refresh tokens that are good once each.</summary>
    Token,
}

/// <summary>A session that has just begun, or a secret of it that has just been exchanged.</summary>
/// <param name="Id">Of the session.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Secret">The cookie's, or the refresh token; known to nobody else.</param>
/// <param name="ExpiresAt">The session ends then, whatever happens.</param>
internal sealed record NewSession(Guid Id, Guid UserId, string Secret, DateTimeOffset ExpiresAt)
{
    /// <summary>By which the browser is known to the account from now on; null: it is a program.</summary>
    public string? Device { get; init; }
}

/// <summary>Somebody who is signed in, with what they may do at this moment.</summary>
internal sealed record SignedInUser(Guid SessionId, Guid UserId, string Email, string Name, string Role, IReadOnlyList<string> Grants);

/// <summary>Sessions. What a session's holder may do is read with every request, so a change of it, or the end of the session, holds at once.</summary>
internal sealed class Sessions(NpgsqlDataSource database)
{
    private const string BeginSql = """
        with begun as (
            insert into identity.sessions (id, user_id, kind, expires_at, ip_address, user_agent)
            values (@id, @user, @kind, now() + make_interval(hours => @hours), @address, @agent)
            returning id, expires_at
        ), secret as (
            insert into identity.session_tokens (hash, session_id) select @hash, id from begun
        )
        select expires_at from begun
        """;

    private const string LiveSql = """
        select s.id, u.id, u.email, u.name, u.role, array(select g.name from identity.user_grants g where g.user_id = u.id order by g.name)
        from identity.sessions s
        join identity.users u on u.id = s.user_id
        join identity.sign_ins i on i.user_id = u.id
        where s.ended_at is null and s.expires_at > now() and i.disabled_at is null
        """;

    private const string ByCookieSql = LiveSql + """
         and s.kind = 'cookie' and s.id = (select t.session_id from identity.session_tokens t where t.hash = @hash)
        """;

    private const string ByIdSql = LiveSql + " and s.kind = 'token' and s.id = @id";

    private const string ByIdsSql = LiveSql + " and s.id = any (@ids)";

    private const string EndSql = "update identity.sessions set ended_at = now(), ended_by = 'sign-out' where id = @id and ended_at is null";

    /// <summary>Begins one in the transaction of the sign-in.</summary>
    public static async Task<NewSession> Begin(NpgsqlTransaction tx, Guid user, SessionKind kind, IdentityOptions options, AuditOrigin from, CancellationToken ct)
    {
        var (id, secret) = (Guid.CreateVersion7(), Secrets.New());
        var (word, hours) = kind == SessionKind.Cookie ? ("cookie", options.SessionHours) : ("token", options.RefreshDays * 24);
        var ends = await tx.Statement(
                BeginSql, ("id", id), ("user", user), ("kind", word), ("hours", hours), ("address", from.IpAddress), ("agent", from.UserAgent), ("hash", Secrets.Hash(secret)))
            .Rows(r => r.GetFieldValue<DateTimeOffset>(0), ct);
        return new NewSession(id, user, secret, ends.Single());
    }

    /// <summary>Whose cookie this is; null: nobody's, or not any more.</summary>
    public async Task<SignedInUser?> FindByCookie(string secret, CancellationToken ct) =>
        (await database.Statement(ByCookieSql, ("hash", Secrets.Hash(secret))).Rows(Read, ct)).SingleOrDefault();

    /// <summary>Who holds the session of an access token; null: it has ended.</summary>
    public async Task<SignedInUser?> FindById(Guid id, CancellationToken ct) => (await database.Statement(ByIdSql, ("id", id)).Rows(Read, ct)).SingleOrDefault();

    /// <summary>Who holds these sessions, of whatever kind, by session; those that have ended are not among them.</summary>
    public async Task<Dictionary<Guid, SignedInUser>> FindLive(IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        (await database.Statement(ByIdsSql, ("ids", ids.ToArray())).Rows(Read, ct)).ToDictionary(user => user.SessionId);

    /// <summary>Signs out: everything handed out under the session stops working. False: it had ended already.</summary>
    public async Task<bool> End(Guid id, AuditOrigin by, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(EndSql, ("id", id)).Run(ct) == 0)
        {
            return false;
        }

        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Logout, Audited.Sessions, id.ToString()), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    private static SignedInUser Read(NpgsqlDataReader r) =>
        new(r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetFieldValue<string[]>(5));
}
