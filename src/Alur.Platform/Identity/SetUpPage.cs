using System.Globalization;
using System.Net;
using Alur.Platform.Doctor;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Primitives;

namespace Alur.Platform.Identity;

/// <summary>Where a one-time link leads: a form without script that asks for a password, and for a name where the account is the first.</summary>
internal static class SetUpPage
{
    private const int MostFields = 10;

    private static readonly Dictionary<string, string> Indonesian = new(StringComparer.Ordinal)
    {
        ["LINK_INVALID"] = "Tautan ini sudah dipakai, kedaluwarsa, atau tidak pernah ada. Admin dapat membuat yang baru: ./alur user reset EMAIL",
        ["PASSWORD_TOO_SHORT"] = "Kata sandi paling sedikit 12 karakter. Empat kata yang tidak biasa digabung mudah diingat.",
        ["PASSWORD_TOO_LONG"] = "Kata sandi paling banyak 72 bita.",
        ["PASSWORD_TOO_COMMON"] = "Kata sandi ini tersusun dari sedikit kata, nama, tahun atau urutan yang ditebak lebih dulu. Pakailah lebih banyak kata, atau yang lain.",
        ["PASSWORDS_DIFFER"] = "Kedua kata sandi tidak sama.",
        ["EMAIL_INVALID"] = "Ini bukan alamat surel seperti siti@rs-contoh.id.",
        ["NAME_INVALID"] = "Nama terdiri dari 1 sampai 100 karakter.",
        ["TOO_MANY_REQUESTS"] = "Terlalu sering dicoba. Tunggu sebentar, lalu coba lagi.",
        ["SIGN_IN_BUSY"] = "Server sedang sibuk; coba lagi sebentar.",
    };

    public static async Task<IResult> Show([FromRoute] string link, HttpContext http, UseSetUpLink use, CancellationToken ct)
    {
        var holder = await use.Look(link, ct);
        return holder.Ok ? Page(http, StatusCodes.Status200OK, Form(http, holder.Value, refusal: null)) : Refuse(http, holder.Error);
    }

    public static async Task<IResult> Submit([FromRoute] string link, HttpContext http, UseSetUpLink use, CancellationToken ct)
    {
        if (await ReadForm(http, ct) is not { } form)
        {
            return new Problem(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Send the form as it was shown.");
        }

        var holder = await use.Look(link, ct);
        if (!holder.Ok)
        {
            return Refuse(http, holder.Error);
        }

        string Field(string name) => form.TryGetValue(name, out StringValues values) ? values.ToString() : "";
        var used = Field("password") == Field("again")
            ? await use.Run(link, Field("password"), Field("email"), Field("name"), ct)
            : new PasswordsDiffer();
        if (used.Error is TooMany { RetryAfterSeconds: var seconds }) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return used.Ok
            ? Page(http, StatusCodes.Status200OK, $"<p>{Text(http, new Words("Kata sandi tersimpan. Masuk dengan alamat surel", "The password is kept. Sign in as"))} <b>{WebUtility.HtmlEncode(used.Value)}</b>.</p>")
            : Page(http, Problem.StatusOf(used.Error), Form(http, holder.Value, used.Error));
    }

    // What is no form at all, or has what no database could keep, is none of ours.
    private static async Task<IFormCollection?> ReadForm(HttpContext http, CancellationToken ct)
    {
        if (!http.Request.HasFormContentType || http.Request.ContentType!.StartsWith("multipart", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            var form = await http.Request.ReadFormAsync(ct);
            return form.Count <= MostFields && form.All(field => StorableText.IsStorable(field.Value.ToString())) ? form : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static ContentHttpResult Refuse(HttpContext http, Error error) => Page(http, Problem.StatusOf(error), $"<p role=\"alert\">{Sentence(http, error)}</p>");

    private static string Form(HttpContext http, LinkHolder holder, Error? refusal)
    {
        string Say(string indonesian, string english) => Text(http, new Words(indonesian, english));
        string Input(string name, string type, string label, string hint) =>
            $"<p><label for=\"{name}\">{label}</label><br><input id=\"{name}\" name=\"{name}\" type=\"{type}\" autocomplete=\"{hint}\" required maxlength=\"254\" size=\"40\"></p>";
        var who = holder.Email is { } email
            ? $"<p>{WebUtility.HtmlEncode(holder.Name)}, {WebUtility.HtmlEncode(email)}</p>"
            : Input("email", "email", Say("Alamat surel", "E-mail address"), "username") + Input("name", "text", Say("Nama", "Name"), "name");
        return $"""
            {(refusal is null ? "" : $"<p role=\"alert\"><b>{Sentence(http, refusal)}</b></p>")}
            <form method="post">
            {who}
            {Input("password", "password", Say("Kata sandi, paling sedikit 12 karakter", "Password, at least 12 characters"), "new-password")}
            {Input("again", "password", Say("Sekali lagi", "Once more"), "new-password")}
            <p><button type="submit">{Say("Simpan", "Keep")}</button></p>
            </form>
            """;
    }

    private static ContentHttpResult Page(HttpContext http, int status, string body)
    {
        var title = Text(http, new Words("Kata sandi Alur", "Alur password"));
        return TypedResults.Content($"""
            <!doctype html>
            <html lang="{(Speaks(http) == Language.En ? "en" : "id")}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
            <body><main><h1>{title}</h1>
            {body}
            </main></body></html>
            """, "text/html; charset=utf-8", contentEncoding: null, status);
    }

    private static string Sentence(HttpContext http, Error error) => WebUtility.HtmlEncode(Text(http, new Words(Indonesian.GetValueOrDefault(error.Code, error.Message), error.Message)));

    private static string Text(HttpContext http, Words words) => words.In(Speaks(http));

    private static Language Speaks(HttpContext http) => http.Request.Headers.AcceptLanguage.ToString().StartsWith("en", StringComparison.OrdinalIgnoreCase) ? Language.En : Language.Id;
}
