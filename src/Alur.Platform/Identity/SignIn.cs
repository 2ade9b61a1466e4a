using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>What somebody signs in with.</summary>
/// <param name="Email">Of the account, in any case.</param>
/// <param name="Password">As typed.</param>
/// <param name="Code">Of the phone, where the account asks for one.</param>
/// <param name="Device">By which the browser may be known; null: it is not.</param>
internal sealed record Credentials(string Email, string Password, string? Code, string? Device = null);

/// <summary>Begins a session for whoever has the password and, where the account asks for one, the code.</summary>
internal sealed class SignIn(NpgsqlDataSource database, IdentityOptions options, CheckPassword passwords, CountRefusal refusals, SecondFactorKeys keys)
{
    // A code that was seen is good for nobody else. What a release before kept as it was is encrypted by the way.
    private const string TakeCodeSql = """
        update identity.sign_ins set totp_last_step = @step, totp_secret = case when totp_secret = @stored then @kept else totp_secret end
        where user_id = @user and coalesce(totp_last_step, 0) < @step
        """;

    // The password that was looked at is still the account's: who was let in by an older one would stay in after it was changed.
    private const string HoldSql = "select id from identity.users where id = @user and password = @old for no key update";

    private const string SucceedSql = """
        update identity.sign_ins set last_at = now() where user_id = @user and disabled_at is null
        """;

    private const string RehashSql = "update identity.users set password = @new where id = @user";

    /// <summary>The session. Refused: <c>SIGN_IN_REFUSED</c>, <c>CODE_REQUIRED</c>, <c>SECOND_FACTOR_UNREADABLE</c>, <c>SIGN_IN_BUSY</c>, <c>TOO_MANY_REQUESTS</c>.</summary>
    public async Task<Result<NewSession>> Run(Credentials given, SessionKind kind, AuditOrigin origin, CancellationToken ct)
    {
        var known = await passwords.Run(given.Email, given.Password, given.Device, origin, ct);
        if (!known.Ok)
        {
            return known.Error;
        }

        var account = known.Value;
        if (account.TotpSecret is { } stored && await CheckCode(account, stored, given.Code, ct) is { } refused)
        {
            await refusals.Run(given.Email, refused.Reason, account, origin, ct);
            return refused.Error;
        }

        return await Begin(account, given, kind, origin, ct);
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

    private async Task<Result<NewSession>> Begin(Account account, Credentials given, SessionKind kind, AuditOrigin origin, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(HoldSql, ("user", account.Id), ("old", account.Password)).Rows(r => r.GetGuid(0), ct) is [])
        {
            return new SignInRefused(); // changed meanwhile
        }

        if (Bcrypt.CostOf(account.Password) != options.PasswordCost)
        {
            await tx.Statement(RehashSql, ("user", account.Id), ("new", Bcrypt.Hash(given.Password, options.PasswordCost))).Run(ct);
        }

        if (await tx.Statement(SucceedSql, ("user", account.Id)).Run(ct) == 0)
        {
            return new SignInRefused(); // disabled meanwhile
        }

        await KnownDevices.Succeed(tx, account, given.Device, ct);
        var device = kind == SessionKind.Cookie ? await KnownDevices.Remember(tx, account.Id, given.Device, ct) : null;
        var session = await Sessions.Begin(tx, account.Id, kind, options, origin, ct);
        var entry = new AuditEntry(AuditAction.Login, Audited.Sessions, session.Id.ToString(), NewValues: new { session = kind == SessionKind.Cookie ? "cookie" : "token", session.ExpiresAt });
        await WriteAudit.Run(tx, origin with { Actor = new Actor(account.Id.ToString(), ActorKind.User), Role = account.Role }, entry, ct);
        await tx.CommitAsync(ct);
        return session with { Device = device };
    }
}
