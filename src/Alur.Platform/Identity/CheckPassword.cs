using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>An account whose password was given.</summary>
/// <param name="Id">Of the account.</param>
/// <param name="Password">Its hash.</param>
/// <param name="Role">At this moment.</param>
/// <param name="TotpSecret">As it is kept, where a code is asked for.</param>
/// <param name="Locks">If the try fails after all, the account takes none for a while.</param>
internal sealed record Account(Guid Id, string Password, string Role, byte[]? TotpSecret, bool Locks);

/// <summary>
/// Looks at a password. A try is counted before the password is looked at and forgotten by whoever succeeds, so that no number of guesses at the same moment gets
/// past the limit. Who is refused does not learn why, nor whether there is such an account, not even by the time it takes; the audit has it.
/// </summary>
internal sealed class CheckPassword(NpgsqlDataSource database, IdentityOptions options, SignInGate gate, TriesByName tries, CountRefusal refusals)
{
    private const string CountTrySql = """
        update identity.sign_ins s
        set tries = case when s.locked_until is null then s.tries + 1 else 1 end,
            locked_until = case when s.locked_until is null and s.tries + 1 >= @most then now() + make_interval(mins => @minutes) end
        from identity.users u
        where u.email = @email and s.user_id = u.id and s.disabled_at is null and (s.locked_until is null or s.locked_until <= now())
        returning u.id, u.password, u.role, case when s.totp_since is not null then s.totp_secret end, s.locked_until is not null
        """;

    private readonly Lazy<string> _nobodys = new(() => Bcrypt.Hash(Secrets.New(), options.PasswordCost));

    /// <summary>Whose it is. Refused: <c>SIGN_IN_REFUSED</c>, <c>SIGN_IN_BUSY</c>, <c>TOO_MANY_REQUESTS</c>.</summary>
    public async Task<Result<Account>> Run(string email, string password, AuditOrigin origin, CancellationToken ct)
    {
        if (tries.Count($"email:{Emails.Normal(email)}") is { } refusal)
        {
            return refusal;
        }

        var looked = await gate.Pass(() => Look(email, password, ct), ct);
        if (!looked.Ok)
        {
            return looked.Error;
        }

        var (account, isRight) = looked.Value;
        if (account is not null && isRight)
        {
            return account;
        }

        await refusals.Run(email, account is null ? null : RefusalReasons.Password, account?.Locks ?? false, origin, ct);
        return new SignInRefused();
    }

    // No account: it is not there or takes no tries, which costs as much time as one that is.
    private async Task<(Account? Account, bool IsRight)> Look(string email, string password, CancellationToken ct)
    {
        var accounts = await database.Statement(CountTrySql, ("email", Emails.Normal(email)), ("most", options.TriesBeforeLock), ("minutes", options.LockMinutes))
            .Rows(r => new Account(r.GetGuid(0), r.GetString(1), r.GetString(2), r.Maybe<byte[]>(3), r.GetBoolean(4)), ct);
        var account = accounts.SingleOrDefault();
        return (account, await Task.Run(() => Bcrypt.Verify(password, account?.Password ?? _nobodys.Value), ct));
    }
}
