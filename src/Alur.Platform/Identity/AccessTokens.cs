using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Alur.Platform.Identity;

/// <summary>Whose session a token was made for.</summary>
internal sealed record TokenClaims(Guid UserId, Guid SessionId);

/// <summary>
/// Access tokens: JWTs signed with ES256 and nothing else. A token says which session it belongs to; what its holder may do is read from the database,
/// so its role and grants are for others who verify it elsewhere.
/// </summary>
internal sealed class AccessTokens(SigningKeys keys, IdentityOptions options)
{
    /// <summary>The one algorithm: what a token says of itself never chooses how it is verified.</summary>
    public const string Algorithm = "ES256";

    /// <summary>For whom our tokens are.</summary>
    public const string Audience = "alur-api";

    private const string Type = "at+jwt"; // RFC 9068
    private const int MostCharacters = 4096;
    private const int SignatureBytes = 64;

    /// <summary>Clocks of two nodes of ours may differ that much.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(options.AccessMinutes);

    /// <summary>A new token.</summary>
    public async Task<string> Issue(SignedInUser user, CancellationToken ct)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = options.Issuer,
            ["aud"] = Audience,
            ["sub"] = user.UserId,
            ["sid"] = user.SessionId,
            ["jti"] = Guid.CreateVersion7(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
            ["role"] = user.Role,
            ["grants"] = user.Grants,
        };
        var payload = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        var (signed, signature) = await keys.Sign(kid => $"{Header(kid)}.{payload}", ct);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>What a token says, or null: it is not ours, not whole, too old, not yet good, or not exactly of the form that we make.</summary>
    public async Task<TokenClaims?> Verify(string token, CancellationToken ct)
    {
        if (token.Length > MostCharacters || token.Split('.') is not [var header, var payload, var signature])
        {
            return null;
        }

        if (Decode(header) is not { } head || Decode(payload) is not { } body || Decode(signature) is not { Length: SignatureBytes } mark || KidOf(head) is not { } kid)
        {
            return null;
        }

        return await keys.Verify(kid, $"{header}.{payload}", mark, ct) ? Read(body, DateTimeOffset.UtcNow) : null;
    }

    private static string Header(string kid) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"{{Algorithm}}","typ":"{{Type}}","kid":"{{kid}}"}"""));

    // Exactly our three members: nothing that names a key, a place to fetch one from or an extension is even looked at.
    private static string? KidOf(byte[] header)
    {
        using var json = Parse(header);
        return json?.RootElement is { ValueKind: JsonValueKind.Object } head && head.GetPropertyCount() == 3 && Text(head, "alg") == Algorithm && Text(head, "typ") == Type
            ? Text(head, "kid")
            : null;
    }

    private TokenClaims? Read(byte[] payload, DateTimeOffset now)
    {
        using var json = Parse(payload);
        return json?.RootElement is { ValueKind: JsonValueKind.Object } claims
            && Text(claims, "iss") == options.Issuer
            && Text(claims, "aud") == Audience
            && Moment(claims, "exp") is { } ends && ends > now
            && Moment(claims, "nbf") is { } begins && begins <= now + Leeway
            && Guid.TryParseExact(Text(claims, "sub"), "D", out var user)
            && Guid.TryParseExact(Text(claims, "sid"), "D", out var session)
                ? new TokenClaims(user, session)
                : null;
    }

    private static JsonDocument? Parse(byte[] utf8)
    {
        try
        {
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name)
    {
        try
        {
            return json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    private static DateTimeOffset? Moment(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is > 0 and < 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    // One text for one value: no padding, no white space, no stray bits.
    private static byte[]? Decode(string text)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done && Base64Url.EncodeToString(bytes.AsSpan(0, written)) == text
            ? bytes[..written]
            : null;
    }
}
