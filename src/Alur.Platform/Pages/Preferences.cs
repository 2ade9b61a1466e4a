using Alur.Platform.Doctor;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Pages;

/// <summary>Language and colours, remembered by the browser: they hold before anybody signs in, and belong to the desk rather than to the account.</summary>
internal static class Preferences
{
    private const string LanguageCookie = "alur_language";
    private const string ThemeCookie = "alur_theme";
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(365);

    /// <summary>Indonesian unless chosen otherwise: browsers in hospitals are often set up in English by whoever installed them.</summary>
    public static Language LanguageOf(HttpContext http) => http.Request.Cookies[LanguageCookie] == "en" ? Language.En : Language.Id;

    public static string? ThemeOf(HttpContext http) => http.Request.Cookies[ThemeCookie] is "light" or "dark" ? http.Request.Cookies[ThemeCookie] : null;

    /// <summary>Keeps what a form of the page's head says, and leads back.</summary>
    public static async Task<IResult> Choose(HttpContext http, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Web.Problem.From(form.Error);
        }

        if (form.Value["language"] is "id" or "en")
        {
            Keep(http, LanguageCookie, form.Value["language"]);
        }

        if (form.Value["theme"] is "light" or "dark" or "auto")
        {
            Keep(http, ThemeCookie, form.Value["theme"]);
        }

        return Forms.Back(form.Value["to"]);
    }

    private static void Keep(HttpContext http, string cookie, string value) => http.Response.Cookies.Append(
        cookie, value, new CookieOptions { MaxAge = s_kept, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, Secure = http.Request.IsHttps });
}
