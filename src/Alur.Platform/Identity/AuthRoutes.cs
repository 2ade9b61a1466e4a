using System.Security.Claims;
using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Platform.Identity;

/// <summary><c>/api/auth</c>: coming in, staying in, going out.</summary>
internal static class AuthRoutes
{
    /// <summary>Signs somebody in, with a cookie or with tokens.</summary>
    public static async Task<Answer<SignedInAnswer>> LogIn(
        [FromBody] LogInRequest request, HttpContext http, SignIn signIn, Sessions sessions, AccessTokens tokens, IdentityOptions options, CancellationToken ct)
    {
        if (!SessionCookie.MayTravel(http, options))
        {
            return new TlsRequired();
        }

        if (request.Session is not (null or "cookie" or "token"))
        {
            return new SessionKindUnknown(request.Session);
        }

        var kind = request.Session == "token" ? SessionKind.Token : SessionKind.Cookie;
        if (kind == SessionKind.Cookie && !SessionCookie.IsFromHere(http.Request))
        {
            return new CrossSite();
        }

        var given = new Credentials(request.Email ?? "", request.Password ?? "", request.Code, DeviceCookie.Of(http));
        var begun = await signIn.Run(given, kind, http.AuditOrigin(), ct);
        if (!begun.Ok)
        {
            return begun.Error;
        }

        return kind == SessionKind.Token ? await Tokens(begun.Value, sessions, tokens, ct) : await Cookie(begun.Value, http, sessions, ct);
    }

    /// <summary>Gives the next tokens for a refresh token, which is good once.</summary>
    public static async Task<Answer<SignedInAnswer>> Refresh(
        [FromBody] RefreshRequest request, HttpContext http, RefreshSession refresh, Sessions sessions, AccessTokens tokens, IdentityOptions options, CancellationToken ct)
    {
        if (!SessionCookie.MayTravel(http, options))
        {
            return new TlsRequired();
        }

        var next = await refresh.Run(request.RefreshToken ?? "", http.AuditOrigin(), ct);
        return next.Ok ? await Tokens(next.Value, sessions, tokens, ct) : next.Error;
    }

    /// <summary>Ends the session of the caller.</summary>
    public static async Task<Answer<SignedOut>> LogOut(HttpContext http, Sessions sessions, CancellationToken ct)
    {
        var ended = http.User.SessionId() is { } session && await sessions.End(session, http.AuditOrigin(), ct);
        SessionCookie.Take(http);
        return new SignedOut(ended);
    }

    /// <summary>Who calls, as the server knows them.</summary>
    public static Answer<Me> Who(ClaimsPrincipal caller) => Me.Of(caller);

    /// <summary>The keys that access tokens are verified with.</summary>
    public static async Task<IResult> Keys(SigningKeys keys, CancellationToken ct) => TypedResults.Json(new JwkSet(await keys.Published(ct)));

    private static async Task<Answer<SignedInAnswer>> Cookie(NewSession session, HttpContext http, Sessions sessions, CancellationToken ct)
    {
        if (await sessions.FindByCookie(session.Secret, ct) is not { } user)
        {
            return new SignInRefused(); // disabled this very moment
        }

        SessionCookie.Give(http, session);
        return new SignedInAnswer(Me.Of(user));
    }

    private static async Task<Answer<SignedInAnswer>> Tokens(NewSession session, Sessions sessions, AccessTokens tokens, CancellationToken ct)
    {
        if (await sessions.FindById(session.Id, ct) is not { } user)
        {
            return new RefreshRefused();
        }

        return new SignedInAnswer(Me.Of(user), await tokens.Issue(user, ct), "Bearer", (int)tokens.Lifetime.TotalSeconds, session.Secret, session.ExpiresAt);
    }
}

/// <summary>The keys that access tokens are verified with (RFC 7517).</summary>
/// <param name="Keys">Those in use, and those whose tokens may still be about.</param>
internal sealed record JwkSet([property: JsonPropertyName("keys")] IReadOnlyList<Jwk> Keys);

/// <summary>Who comes in.</summary>
/// <param name="Email">The account's address, in any case.</param>
/// <param name="Password">As chosen.</param>
/// <param name="Code">Of the phone, where the account asks for one.</param>
/// <param name="Session"><c>cookie</c> (for browsers, the default) or <c>token</c> (for programs).</param>
public sealed record LogInRequest(
    [property: JsonPropertyName("email")] string? Email = null,
    [property: JsonPropertyName("password")] string? Password = null,
    [property: JsonPropertyName("code")] string? Code = null,
    [property: JsonPropertyName("session")] string? Session = null);

/// <summary>Asks for the next tokens.</summary>
/// <param name="RefreshToken">The latest one; good once.</param>
public sealed record RefreshRequest([property: JsonPropertyName("refresh_token")] string? RefreshToken = null);

/// <summary>Who came in. What is of tokens is absent where a cookie was given.</summary>
/// <param name="User">Who.</param>
/// <param name="AccessToken">Send it as <c>Authorization: Bearer</c>.</param>
/// <param name="TokenType"><c>Bearer</c>.</param>
/// <param name="ExpiresIn">Seconds that the access token lasts.</param>
/// <param name="RefreshToken">For the next ones; good once.</param>
/// <param name="SessionExpiresAt">Sign in again by then.</param>
public sealed record SignedInAnswer(
    [property: JsonPropertyName("user")] Me User,
    [property: JsonPropertyName("access_token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AccessToken = null,
    [property: JsonPropertyName("token_type"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TokenType = null,
    [property: JsonPropertyName("expires_in"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ExpiresIn = null,
    [property: JsonPropertyName("refresh_token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken = null,
    [property: JsonPropertyName("session_expires_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? SessionExpiresAt = null);

/// <summary>What a sign-out did.</summary>
/// <param name="Ended">Whether there was a session; an API key has none.</param>
public sealed record SignedOut([property: JsonPropertyName("signed_out")] bool Ended);

/// <summary>The caller as the server knows them.</summary>
/// <param name="Kind"><c>user</c> or <c>api-key</c>.</param>
/// <param name="Id">Of the account; an API key's name.</param>
/// <param name="Name">Shown to others.</param>
/// <param name="Role"><c>admin</c> or <c>client</c>; absent for API keys.</param>
/// <param name="Grants">What they may do beyond the role.</param>
public sealed record Me(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("role"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Role,
    [property: JsonPropertyName("grants")] IReadOnlyList<string> Grants)
{
    internal static Me Of(SignedInUser user) => new("user", user.UserId.ToString(), user.Name, user.Role, user.Grants);

    internal static Me Of(ClaimsPrincipal caller) => new(
        caller.Actor().Kind == ActorKind.ApiKey ? "api-key" : "user", caller.Actor().Id ?? "", caller.Identity?.Name ?? "", caller.FindFirstValue(ClaimTypes.Role), caller.Grants());
}
