using System.Security.Cryptography;
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
/// Lets somebody who is signed in begin to be asked for a code of their phone; it holds once a first code was right (<see cref="SecondFactor"/>). The password is
/// asked for as when it is changed: whoever sits at a forgotten screen would bind a phone of their own, and the holder could not get in any more.
/// </summary>
internal sealed class BeginSecondFactor(NpgsqlDataSource database, IdentityOptions options, SecondFactorKeys keys, CheckPassword passwords)
{
    private const string IsOnSql = "select totp_since is not null from identity.sign_ins where user_id = @user";

    // A secret that was never confirmed is replaced: nobody's phone has it for good.
    private const string OfferSql = """
        update identity.sign_ins set totp_secret = @secret, totp_last_step = null where user_id = @user and totp_since is null
        """;

    private const string Maker = "Alur";

    public static async Task<Answer<Offer>> Handle([FromBody] Request request, HttpContext http, BeginSecondFactor begin, CancellationToken ct) =>
        await begin.Run(http, request.CurrentPassword ?? "", ct);

    /// <summary>
    /// What the phone is given. Refused: <c>TLS_REQUIRED</c>, <c>SECOND_FACTOR_IS_ON</c>, <c>SECOND_FACTOR_KEY_MISSING</c>, <c>PASSWORD_WRONG</c>,
    /// <c>SIGN_IN_BUSY</c>, <c>TOO_MANY_REQUESTS</c>.
    /// </summary>
    public async Task<Result<Offer>> Run(HttpContext http, string current, CancellationToken ct)
    {
        if (!SessionCookie.MayTravel(http, options))
        {
            return new TlsRequired();
        }

        var who = new Holder(http);
        if (await database.Statement(IsOnSql, ("user", who.Id)).Rows(r => r.GetBoolean(0), ct) is [true])
        {
            return new SecondFactorIsOn();
        }

        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        var stored = keys.Seal(who.Id, secret);
        if (!stored.Ok)
        {
            return stored.Error;
        }

        var known = await passwords.Run(who.Email, current, who.Device, who.Origin, ct);
        if (!known.Ok)
        {
            return known.Error is SignInRefused ? new PasswordWrong() : known.Error;
        }

        return await Keep(who, known.Value, stored.Value, ct) ? Offer.Of(Maker, who.Email, Totp.Base32(secret)) : new SecondFactorIsOn();
    }

    private async Task<bool> Keep(Holder who, Account account, byte[] stored, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await tx.Statement(OfferSql, ("user", who.Id), ("secret", stored)).Run(ct) == 0)
        {
            return false; // confirmed meanwhile
        }

        await KnownDevices.Succeed(tx, account, who.Device, ct);
        await WriteAudit.Run(tx, who.Origin, new AuditEntry(AuditAction.Update, Audited.Users, who.Id.ToString(), NewValues: new { second_factor_begun = true }), ct);
        await tx.CommitAsync(ct);
        return true;
    }

    /// <summary>The present password.</summary>
    /// <param name="CurrentPassword">As at a sign-in; wrong ones count as tries.</param>
    public sealed record Request([property: JsonPropertyName("current_password")] string? CurrentPassword = null);
}

/// <summary>What a phone is given.</summary>
/// <param name="Secret">To be typed in.</param>
/// <param name="Uri">The same as an address that apps take, for instance as a QR code.</param>
public sealed record Offer([property: JsonPropertyName("secret")] string Secret, [property: JsonPropertyName("uri")] string Uri)
{
    internal static Offer Of(string maker, string email, string secret) =>
        new(secret, $"otpauth://totp/{maker}:{System.Uri.EscapeDataString(email)}?secret={secret}&issuer={maker}");
}
