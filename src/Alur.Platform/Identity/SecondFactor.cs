using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Lets somebody who is signed in ask for a code of their phone from now on. It holds once a first code was right.</summary>
internal static class SecondFactor
{
    // A secret that was never confirmed is replaced: nobody's phone has it for good.
    private const string OfferSql = """
        update identity.sign_ins set totp_secret = @secret, totp_last_step = null where user_id = @user and totp_since is null
        """;

    private const string LookSql = "select s.totp_secret, u.email from identity.sign_ins s join identity.users u on u.id = s.user_id where s.user_id = @user and s.totp_since is null";

    private const string ConfirmSql = """
        update identity.sign_ins set totp_since = now(), totp_last_step = @step where user_id = @user and totp_since is null and totp_secret = @secret
        """;

    private const string Maker = "Alur";

    public static async Task<Answer<Offer>> Begin(ClaimsPrincipal caller, NpgsqlDataSource database, CancellationToken ct)
    {
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        if (await database.Statement(OfferSql, ("user", Id(caller)), ("secret", secret)).Run(ct) == 0)
        {
            return new SecondFactorIsOn();
        }

        var text = Totp.Base32(secret);
        return new Offer(text, $"otpauth://totp/{Maker}:{Uri.EscapeDataString(caller.FindFirstValue(ClaimTypes.Email) ?? "")}?secret={text}&issuer={Maker}");
    }

    public static async Task<Answer<Confirmed>> Confirm([FromBody] Request request, ClaimsPrincipal caller, NpgsqlDataSource database, TriesByName tries, CancellationToken ct)
    {
        if (tries.Count($"code:{caller.Actor().Label}") is { } refusal)
        {
            return refusal;
        }

        var waiting = (await database.Statement(LookSql, ("user", Id(caller))).Rows(r => r.Maybe<byte[]>(0), ct)).SingleOrDefault();
        if (waiting is null)
        {
            return new SecondFactorIsOn();
        }

        return Totp.StepOf(request.Code ?? "", waiting, DateTimeOffset.UtcNow) is { } step
            && await database.Statement(ConfirmSql, ("user", Id(caller)), ("step", step), ("secret", waiting)).Run(ct) == 1
                ? new Confirmed(SecondFactor: true)
                : new CodeWrong();
    }

    private static Guid Id(ClaimsPrincipal caller) => Guid.Parse(caller.Actor().Id!);

    /// <summary>The first code.</summary>
    public sealed record Request([property: JsonPropertyName("code")] string? Code = null);
}

/// <summary>What a phone is given.</summary>
/// <param name="Secret">To be typed in.</param>
/// <param name="Uri">The same as an address that apps take, for instance as a QR code.</param>
public sealed record Offer([property: JsonPropertyName("secret")] string Secret, [property: JsonPropertyName("uri")] string Uri);

/// <summary>Whether a code is asked for from now on.</summary>
public sealed record Confirmed([property: JsonPropertyName("second_factor")] bool SecondFactor);
