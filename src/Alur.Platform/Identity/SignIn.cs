using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>What somebody signs in with.</summary>
/// <param name="Email">Of the account, in any case.</param>
/// <param name="Password">As typed.</param>
/// <param name="Code">Of the phone, where the account asks for one.</param>
internal sealed record Credentials(string Email, string Password, string? Code);

/// <summary>
/// Looks at a password and begins a session. A try is counted before the password is looked at and forgotten after a success, so that no number of
/// guesses at the same moment gets past the limit. Who is refused does not learn why, nor whether there is such an account, not even by the time it takes.
/// </summary>
internal sealed class SignIn(NpgsqlDataSource database, IdentityOptions options, SignInGate gate, TriesByName tries, CountRefusal refusals, SecondFactorKeys keys)
{
    private const string CountTrySql = """
        update identity.sign_ins s
        set tries = case when s.locked_until is null then s.tries + 1 else 1 end,
            locked_until = case when s.locked_until is null and s.tries + 1 >= @most then now() + make_interval(mins => @minutes) end
        from identity.users u
        where u.email = @email and s.user_id = u.id and s.disabled_at is null and (s.locked_until is null or s.locked_until <= now())
        returning u.id, u.password, u.role, case when s.totp_since is not null then s.totp_secret end, s.locked_until is not null
        """;

    // A code that was seen is good for nobody else. What a release before kept as it was is encrypted by the way.
    private const string TakeCodeSql = """
        update identity.sign_ins set totp_last_step = @step, totp_secret = case when totp_secret = @stored then @kept else totp_secret end
        where user_id = @user and coalesce(totp_last_step, 0) < @step
        """;

    private const string SucceedSql = """
        update identity.sign_ins set tries = 0, locked_until = null, last_at = now() where user_id = @user and disabled_at is null
        """;

    private const string RehashSql = "update identity.users set password = @new where id = @user and password = @old";

    private readonly Lazy<string> _nobodys = new(() => Bcrypt.Hash(Secrets.New(), options.PasswordCost));

    /// <summary>The session. Refused: <c>SIGN_IN_REFUSED</c>, <c>CODE_REQUIRED</c>, <c>SECOND_FACTOR_UNREADABLE</c>, <c>SIGN_IN_BUSY</c>, <c>TOO_MANY_REQUESTS</c>.</summary>
    public async Task<Result<NewSession>> Run(Credentials given, SessionKind kind, AuditOrigin origin, CancellationToken ct)
    {
        if (tries.Count($"email:{Emails.Normal(given.Email)}") is { } refusal)
        {
            return refusal;
        }

        var looked = await gate.Pass(() => Check(given, ct), ct);
        if (!looked.Ok)
        {
            return looked.Error;
        }

        var (account, isRight) = looked.Value;
        if (account is null || !isRight)
        {
            return await Refuse(account is null ? null : RefusalReasons.Password, new SignInRefused());
        }

        return account.TotpSecret is { } stored && await CheckCode(account, stored, given.Code, ct) is { } refused
            ? await Refuse(refused.Reason, refused.Error)
            : await Begin(account, given.Password, kind, origin, ct);

        async Task<Error> Refuse(string? reason, Error refusal)
        {
            await refusals.Run(given.Email, reason, account?.Locks ?? false, origin, ct);
            return refusal;
        }
    }

    // No account: it is not there or takes no tries, which costs as much time as one that is.
    private async Task<(Account? Account, bool IsRight)> Check(Credentials given, CancellationToken ct)
    {
        var accounts = await database.Statement(
                CountTrySql, ("email", Emails.Normal(given.Email)), ("most", options.TriesBeforeLock), ("minutes", options.LockMinutes))
            .Rows(r => new Account(r.GetGuid(0), r.GetString(1), r.GetString(2), r.Maybe<byte[]>(3), r.GetBoolean(4)), ct);
        var account = accounts.SingleOrDefault();
        return (account, await Task.Run(() => Bcrypt.Verify(given.Password, account?.Password ?? _nobodys.Value), ct));
    }

    // Null: it is right, and used up.
    private async Task<(string Reason, Error Error)?> CheckCode(Account account, byte[] stored, string? code, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(code))
        {
            return (RefusalReasons.CodeMissing, new CodeRequired());
        }

        var secret = keys.Open(account.Id, stored);
        if (!secret.Ok)
        {
            return (RefusalReasons.KeyMissing, secret.Error);
        }

        var kept = SecondFactorKeys.IsPlain(stored) && keys.Seal(account.Id, stored) is { Ok: true } made ? made.Value : stored;
        return Totp.StepOf(code, secret.Value, DateTimeOffset.UtcNow) is { } step
            && await database.Statement(TakeCodeSql, ("user", account.Id), ("step", step), ("stored", stored), ("kept", kept)).Run(ct) == 1
                ? null
                : (RefusalReasons.Code, new SignInRefused());
    }

    private async Task<Result<NewSession>> Begin(Account account, string password, SessionKind kind, AuditOrigin origin, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(SucceedSql, ("user", account.Id)).Run(ct) == 0)
        {
            return new SignInRefused(); // disabled meanwhile
        }

        if (Bcrypt.CostOf(account.Password) != options.PasswordCost)
        {
            await tx.Statement(RehashSql, ("user", account.Id), ("old", account.Password), ("new", Bcrypt.Hash(password, options.PasswordCost))).Run(ct);
        }

        var session = await Sessions.Begin(tx, account.Id, kind, options, origin, ct);
        var entry = new AuditEntry(AuditAction.Login, Audited.Sessions, session.Id.ToString(), NewValues: new { session = kind == SessionKind.Cookie ? "cookie" : "token", session.ExpiresAt });
        await WriteAudit.Run(tx, origin with { Actor = new Actor(account.Id.ToString(), ActorKind.User), Role = account.Role }, entry, ct);
        await tx.CommitAsync(ct);
        return session;
    }

    private sealed record Account(Guid Id, string Password, string Role, byte[]? TotpSecret, bool Locks);
}
