using System.Security.Claims;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Alur.Platform.Realtime;

/// <summary>Who is at the other end of a socket.</summary>
/// <param name="User">Null: somebody without an account, who may follow what is public.</param>
/// <param name="Principal">The same as the rest of the program knows it.</param>
internal sealed record SocketCaller(SignedInUser? User, ClaimsPrincipal Principal)
{
    private const string Scheme = "Socket";

    public static SocketCaller Nobody { get; } = new(null, new ClaimsPrincipal(new ClaimsIdentity()));

    public static SocketCaller Of(SignedInUser user) => new(user, Callers.Principal(Scheme, user));

    /// <summary>Whether they may do what they could before.</summary>
    public bool MayTheSameAs(SignedInUser present) => User is not null && User.Role == present.Role && User.Grants.SequenceEqual(present.Grants, StringComparer.Ordinal);

    /// <summary>
    /// Whoever a handshake makes known. A token that is not good is refused, and so is an API key, because their senders expect to be known. A cookie counts only if the page is ours: a
    /// browser sends it along for pages of other sites too, and those are nobody.
    /// </summary>
    /// <returns>Refused: <c>TOKEN_REFUSED</c>, <c>TOKEN_REQUIRED</c>.</returns>
    public static async Task<Result<SocketCaller>> Find(HttpContext http, AccessTokens tokens, Sessions sessions)
    {
        var ct = http.RequestAborted;
        if (CallerSchemes.Token(http.Request) is { } token)
        {
            return await tokens.Verify(token, ct) is { } claims && await sessions.FindById(claims.SessionId, ct) is { } holder && holder.UserId == claims.UserId ? Of(holder) : new TokenRefused();
        }

        if (SaysWhoItIs(http.Request)) return new TokenRequired();
        return http.Request.Cookies[SessionCookie.Name] is { Length: > 0 } secret && IsOurs(http.Request) && await sessions.FindByCookie(secret, ct) is { } user ? Of(user) : Nobody;
    }

    // An API key is no account, and what is no token cannot become one.
    private static bool SaysWhoItIs(HttpRequest request) => request.Headers.ContainsKey(ApiKeyAuthentication.HeaderName) || request.Headers.ContainsKey(HeaderNames.Authorization);

    private static bool IsOurs(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Somebody said who they are by something that is no access token.</summary>
internal sealed record TokenRequired() : Unauthenticated(
    "TOKEN_REQUIRED", "What was sent is no access token, and an API key is no account: neither opens a socket. Sign in at /api/auth/login with \"session\":\"token\" and send 'Authorization: Bearer' with its access token.");
