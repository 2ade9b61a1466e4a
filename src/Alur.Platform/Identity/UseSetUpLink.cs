using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Whose link it is.</summary>
/// <param name="Email">Null: the link of the first start, whose holder says who they are.</param>
/// <param name="Name">Null with it.</param>
internal sealed record LinkHolder(string? Email, string? Name);

/// <summary>Chooses a password by a one-time link; by that of the first start, makes the first admin.</summary>
internal sealed class UseSetUpLink(NpgsqlDataSource database, IdentityOptions options, SignInGate gate, TriesByName tries)
{
    private const string LookSql = """
        select u.email, u.name
        from identity.setup_links l
        left join identity.users u on u.id = l.user_id
        left join identity.sign_ins s on s.user_id = l.user_id
        where l.hash = @hash and l.used_at is null and l.expires_at > now() and s.disabled_at is null
          and (l.user_id is not null or not exists (select from identity.users))
        """;

    // The account before its link, as everybody who changes an account takes them.
    private const string HoldSql = """
        select u.id
        from identity.users u
        join identity.sign_ins s on s.user_id = u.id
        where u.id = (select l.user_id from identity.setup_links l where l.hash = @hash)
        for no key update of u, s
        """;

    // Of two who use it at once, the second finds it used.
    private const string TakeSql = """
        update identity.setup_links l set used_at = now()
        where l.hash = @hash and l.used_at is null and l.expires_at > now()
          and (l.user_id is not null or not exists (select from identity.users))
          and not exists (select from identity.sign_ins s where s.user_id = l.user_id and s.disabled_at is not null)
        returning l.user_id
        """;

    private const string SetSql = """
        with chosen as (
            update identity.users set password = @password where id = @user
        )
        update identity.sign_ins set tries = 0, locked_until = null where user_id = @user
        """;

    /// <summary>Whose it is, without using it. Refused: <c>LINK_INVALID</c>.</summary>
    public async Task<Result<LinkHolder>> Look(string secret, CancellationToken ct)
    {
        var holder = await database.Statement(LookSql, ("hash", Secrets.Hash(secret))).Rows(r => new LinkHolder(r.Maybe<string>(0), r.Maybe<string>(1)), ct);
        return holder is [] ? new LinkInvalid() : holder[0];
    }

    /// <summary>
    /// Uses it up and gives the account's e-mail address. A refusal leaves it as it was: <c>LINK_INVALID</c>, <c>PASSWORD_TOO_SHORT</c>,
    /// <c>PASSWORD_TOO_LONG</c>, <c>PASSWORD_TOO_COMMON</c>, <c>EMAIL_INVALID</c>, <c>NAME_INVALID</c>, <c>TOO_MANY_REQUESTS</c>.
    /// </summary>
    public async Task<Result<string>> Run(string secret, string password, string? email, string? name, AuditOrigin origin, CancellationToken ct)
    {
        if (tries.Count($"link:{secret}") is { } tooMany)
        {
            return tooMany;
        }

        var holder = await Look(secret, ct);
        if (!holder.Ok)
        {
            return holder.Error;
        }

        var who = new NewUser(holder.Value.Email ?? email ?? "", holder.Value.Name ?? name ?? "", Role: Policies.Admin);
        if (PasswordRules.Check(password, who.Email, who.Name) is { } refusal)
        {
            return refusal;
        }

        var hash = await gate.Pass(() => Task.Run(() => Bcrypt.Hash(password, options.PasswordCost), ct), ct);
        return hash.Ok ? await Keep(secret, hash.Value, who, origin, ct) : hash.Error;
    }

    private async Task<Result<string>> Keep(string secret, string hash, NewUser who, AuditOrigin origin, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await tx.Statement(HoldSql, ("hash", Secrets.Hash(secret))).Run(ct);
        var taken = await tx.Statement(TakeSql, ("hash", Secrets.Hash(secret))).Rows(r => r.Maybe<Guid?>(0), ct);
        if (taken is [])
        {
            return new LinkInvalid();
        }

        if (taken[0] is { } user)
        {
            await tx.Statement(SetSql, ("user", user), ("password", hash)).Run(ct);
            await EndSessions.Of(tx, user, EndSessions.Reset, ct);
            await KnownDevices.Forget(tx, user, but: null, ct);
            var holder = origin with { Actor = new Actor(user.ToString(), ActorKind.User) };
            await WriteAudit.Run(tx, holder, new AuditEntry(AuditAction.Update, Audited.Users, user.ToString(), NewValues: new { password = "chosen" }), ct);
        }
        else if (await AddUser.Insert(tx, who, hash, origin with { Actor = Actor.System }, ct) is { Ok: false } refused)
        {
            return refused.Error;
        }

        await tx.CommitAsync(ct);
        return Emails.Normal(who.Email);
    }
}
