using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>
/// Lets somebody who is signed in choose another password. The present one is asked for and looked at as at a sign-in, because whoever sits at a forgotten screen
/// has the session too. Everything else that the account is signed in to ends, and a link that nobody used yet stops working.
/// </summary>
internal sealed class ChangePassword(NpgsqlDataSource database, IdentityOptions options, SignInGate gate, CheckPassword passwords)
{
    private const string CloseLinksSql = "update identity.setup_links set used_at = now() where user_id = @user and used_at is null";

    // Not over one that was chosen meanwhile.
    private const string SetSql = "update identity.users set password = @new where id = @user and password = @old";

    private const string EndOthersSql = "update identity.sessions set ended_at = now(), ended_by = 'reset' where user_id = @user and id <> @session and ended_at is null";

    public static async Task<Answer<Changed>> Handle([FromBody] Request request, HttpContext http, ChangePassword change, IdentityOptions options, CancellationToken ct) =>
        SessionCookie.MayTravel(http, options)
            ? await change.Run(new Holder(http), request.CurrentPassword ?? "", request.NewPassword ?? "", ct)
            : new TlsRequired();

    /// <summary>
    /// How many other sessions ended. Refused: <c>PASSWORD_WRONG</c>, <c>PASSWORD_TOO_SHORT</c>, <c>PASSWORD_TOO_LONG</c>, <c>PASSWORD_TOO_COMMON</c>,
    /// <c>SIGN_IN_BUSY</c>, <c>TOO_MANY_REQUESTS</c>.
    /// </summary>
    internal async Task<Result<Changed>> Run(Holder who, string current, string chosen, CancellationToken ct)
    {
        if (PasswordRules.Check(chosen, who.Email, who.Name) is { } refusal)
        {
            return refusal;
        }

        var known = await passwords.Run(who.Email, current, who.Device, who.Origin, ct);
        if (!known.Ok)
        {
            return known.Error is SignInRefused ? new PasswordWrong() : known.Error;
        }

        var hash = await gate.Pass(() => Task.Run(() => Bcrypt.Hash(chosen, options.PasswordCost), ct), ct);
        return hash.Ok ? await Keep(who, known.Value, hash.Value, ct) : hash.Error;
    }

    private async Task<Result<Changed>> Keep(Holder who, Account account, string hash, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(SetSql, ("user", who.Id), ("old", account.Password), ("new", hash)).Run(ct) == 0)
        {
            return new PasswordWrong();
        }

        await KnownDevices.Succeed(tx, account, who.Device, ct);
        await KnownDevices.Forget(tx, who.Id, but: who.Device, ct);
        await tx.Statement(CloseLinksSql, ("user", who.Id)).Run(ct);
        var ended = await tx.Statement(EndOthersSql, ("user", who.Id), ("session", who.SessionId)).Run(ct);
        var values = new { password = "chosen", sessions_ended = ended };
        await WriteAudit.Run(tx, who.Origin, new AuditEntry(AuditAction.Update, Audited.Users, who.Id.ToString(), NewValues: values), ct);
        await tx.CommitAsync(ct);
        return new Changed(ended);
    }

    /// <summary>The present password and the next.</summary>
    /// <param name="CurrentPassword">As at a sign-in; wrong ones count as tries.</param>
    /// <param name="NewPassword">By the same rules as the first.</param>
    public sealed record Request(
        [property: JsonPropertyName("current_password")] string? CurrentPassword = null,
        [property: JsonPropertyName("new_password")] string? NewPassword = null);

    /// <summary>It was changed.</summary>
    /// <param name="SessionsEnded">Other sessions of the account that it ended.</param>
    public sealed record Changed([property: JsonPropertyName("sessions_ended")] int SessionsEnded);
}
