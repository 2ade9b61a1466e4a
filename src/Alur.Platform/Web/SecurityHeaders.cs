using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Web;

/// <summary>What every answer tells a browser, refusals included. A page that needs more says so itself, and no more than it needs.</summary>
internal static class SecurityHeaders
{
    /// <summary>Answers are data: nothing is loaded, run, framed or sent elsewhere.</summary>
    public const string StrictestPolicy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    public static Task Write(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = StrictestPolicy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        // Browsers take it only by TLS, which may end at the proxy before us.
        if (context.Request.IsHttps || context.Request.Headers["X-Forwarded-Proto"] == "https") headers.StrictTransportSecurity = OneYear;
        return next(context);
    }
}
