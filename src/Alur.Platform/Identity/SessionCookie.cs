using System.Net;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Identity;

/// <summary>The cookie of somebody in a browser: no script reads it, and no page of another site sends it with a change.</summary>
internal static class SessionCookie
{
    public const string Name = "alur_session";

    /// <summary>Gives it, and the name by which the browser is known from now on.</summary>
    public static void Give(HttpContext http, NewSession session)
    {
        http.Response.Cookies.Append(Name, session.Secret, Options(http, session.ExpiresAt));
        if (session.Device is { } device)
        {
            DeviceCookie.Give(http, device);
        }
    }

    public static void Take(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http, expires: null));

    /// <summary>Whether a password may come in this way: by TLS, here or at the proxy before us, or from this machine.</summary>
    public static bool MayTravel(HttpContext http, IdentityOptions options) =>
        options.AllowPlainHttp || IsTls(http) || (http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address));

    /// <summary>
    /// Whether a change may rest on the cookie: browsers say where it comes from, in one header or the other. Whoever sends neither is no browser
    /// that somebody was lured with.
    /// </summary>
    public static bool IsFromHere(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        {
            return true;
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is "same-origin" or "none";
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    // What a proxy says is believed here because it can only make the cookie stricter, or speaks of a password that was sent already.
    public static bool IsTls(HttpContext http) => http.Request.IsHttps || http.Request.Headers["X-Forwarded-Proto"].ToString() == "https";

    private static CookieOptions Options(HttpContext http, DateTimeOffset? expires) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = IsTls(http), Path = "/", Expires = expires };
}
