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
/// <param name="IsKnownDevice">Somebody has signed in to it with the same device before: the try counts as one of the device.</param>
/// <param name="LockedUntil">If the try fails after all, the account takes none until then, of the device or of strangers; null: it takes more.</param>
internal sealed record Account(Guid Id, string Password, string Role, byte[]? TotpSecret, bool IsKnownDevice, DateTimeOffset? LockedUntil);

/// <summary>
/// Looks at a password. A try is counted before the password is looked at and forgotten by whoever succeeds, so that no number of guesses at the same moment gets
/// past the limit. Strangers have tries together, and every device that the account knows has its own (<see cref="KnownDevices"/>). Who is refused does not learn why, nor whether there is such an account, not even by the time it takes; the audit has it.
/// </summary>
internal sealed class CheckPassword(NpgsqlDataSource database, IdentityOptions options, SignInGate gate, TriesByName tries, KnownDevices devices, CountRefusal refusals)
{
    private const string CountTrySql = """
        with somebody as (
            select u.id, u.password, u.role, case when s.totp_since is not null then s.totp_secret end as secret
            from identity.users u
            join identity.sign_ins s on s.user_id = u.id
            where u.email = @email and s.disabled_at is null
        ), of_device as (
            update identity.known_devices d
            set tries = case when d.locked_until is null then d.tries + 1 else 1 end,
                locked_until = case when d.locked_until is null and d.tries + 1 >= @most then now() + make_interval(mins => @minutes) end
            from somebody b
            where @known and d.user_id = b.id and d.hash = @device and (d.locked_until is null or d.locked_until <= now())
            returning b.secret, d.locked_until
        ), of_strangers as (
            update identity.sign_ins s
            set tries = case when s.locked_until is null then s.tries + 1 else 1 end,
                locked_until = case when s.locked_until is null and s.tries + 1 >= @most then now() + make_interval(mins => @minutes) end
            from somebody b
            where not @known and s.user_id = b.id and s.disabled_at is null and (s.locked_until is null or s.locked_until <= now())
            returning case when s.totp_since is not null then s.totp_secret end as secret, s.locked_until
        )
        select b.id, b.password, b.role, c.secret, @known, c.locked_until
        from somebody b
        join (select * from of_device union all select * from of_strangers) c on true
        """;

    private readonly Lazy<string> _nobodys = new(() => Bcrypt.Hash(Secrets.New(), options.PasswordCost));

    /// <summary>Whose it is. Refused: <c>SIGN_IN_REFUSED</c>, <c>SIGN_IN_BUSY</c>, <c>TOO_MANY_REQUESTS</c>.</summary>
    public async Task<Result<Account>> Run(string email, string password, string? device, AuditOrigin origin, CancellationToken ct)
    {
        email = Emails.Normal(email);
        var known = device is not null && await devices.Knows(email, Secrets.Hash(device), ct) ? Secrets.Hash(device) : null;
        if (tries.Count(known is null ? $"email:{email}" : $"device:{Convert.ToHexString(known)}:{email}") is { } refusal)
        {
            return refusal;
        }

        var looked = await gate.Pass(() => Look(email, password, known, ct), ct);
        if (!looked.Ok)
        {
            return looked.Error;
        }

        var (account, isRight) = looked.Value;
        if (account is not null && isRight)
        {
            return account;
        }

        await refusals.Run(email, account is null ? null : RefusalReasons.Password, account, origin, ct);
        return new SignInRefused();
    }

    // No account: it is not there or takes no tries, which costs as much time as one that is.
    private async Task<(Account? Account, bool IsRight)> Look(string email, string password, byte[]? device, CancellationToken ct)
    {
        var accounts = await database.Statement(
                CountTrySql, ("email", email), ("known", device is not null), ("device", device ?? []), ("most", options.TriesBeforeLock), ("minutes", options.LockMinutes))
            .Rows(r => new Account(r.GetGuid(0), r.GetString(1), r.GetString(2), r.Maybe<byte[]>(3), r.GetBoolean(4), r.Maybe<DateTimeOffset?>(5)), ct);
        var account = accounts.SingleOrDefault();
        return (account, await Task.Run(() => Bcrypt.Verify(password, account?.Password ?? _nobodys.Value), ct));
    }
}
