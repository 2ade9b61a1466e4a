using System.Buffers.Text;
using System.Text.Json;
using Alur.Platform.Results;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Pages;

/// <summary>What a form did, in the reader's language.</summary>
/// <param name="Text">One or two sentences, without secrets.</param>
/// <param name="IsBad">It was refused.</param>
public sealed record Notice(string Text, bool IsBad = false)
{
    /// <summary>What was done in the words of <paramref name="said"/>, or why it was refused.</summary>
    public static Notice Of<T>(Result<T> result, Here here, Func<T, string> said) => result.Ok ? new Notice(said(result.Value)) : new Notice(here.Say(result.Error), IsBad: true);
}

/// <summary>Carries a notice over the way back to the page: in a cookie of a minute, because pages have no memory of their own.</summary>
internal static class Notices
{
    private const string Cookie = "alur_notice";
    private const int Longest = 1000;

    public static void Leave(HttpContext http, Notice notice)
    {
        var cut = notice with { Text = notice.Text.Length > Longest ? notice.Text[..Longest] : notice.Text };
        http.Response.Cookies.Append(Cookie, Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(cut)), Options(http, TimeSpan.FromMinutes(1)));
    }

    /// <summary>Shows it once. Only whole pages take it: a refresh of parts must not swallow it.</summary>
    public static Notice? Take(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { Length: > 0 } kept || http.Request.Headers.ContainsKey("HX-Request"))
        {
            return null;
        }

        http.Response.Cookies.Delete(Cookie, Options(http, null));
        try
        {
            return JsonSerializer.Deserialize<Notice>(Base64Url.DecodeFromChars(kept));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static CookieOptions Options(HttpContext http, TimeSpan? age) =>
        new() { MaxAge = age, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, Secure = http.Request.IsHttps };
}
