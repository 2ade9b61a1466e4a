using Alur.Platform.Audit;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Coming in and going out in a browser.</summary>
internal static class SignInPage
{
    public static async Task<IResult> Show([FromQuery] string? to, FirstAccount first, CancellationToken ct) =>
        PageResult.Of<SignInForm>(new SignInAttempt(to ?? "/", IsFirst: await IsFirst(first, ct)));

    public static async Task<IResult> Submit(HttpContext http, SignIn signIn, FirstAccount first, IdentityOptions options, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        var fields = form.Value;
        var begun = await Begin(http, fields, signIn, options, ct);
        if (!begun.Ok)
        {
            return PageResult.Refused<SignInForm>(new SignInAttempt(fields["to"], fields["email"], begun.Error, await IsFirst(first, ct), begun.Error is CodeRequired || fields["code"].Length > 0), begun.Error);
        }

        SessionCookie.Give(http, begun.Value);
        return Forms.Back(fields["to"]);
    }

    public static async Task<IResult> Leave(HttpContext http, Sessions sessions, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        if (http.User.SessionId() is { } session)
        {
            await sessions.End(session, http.AuditOrigin(), ct);
        }

        SessionCookie.Take(http);
        return Forms.Back("/sign-in");
    }

    // The form is there as well while the database is away; whoever fills it in is told then.
    private static async Task<bool> IsFirst(FirstAccount first, CancellationToken ct)
    {
        try
        {
            return !await first.IsMade(ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    private static async Task<Result<NewSession>> Begin(HttpContext http, FormFields fields, SignIn signIn, IdentityOptions options, CancellationToken ct)
    {
        if (!SessionCookie.MayTravel(http, options))
        {
            return new TlsRequired();
        }

        var code = fields["code"];
        return await signIn.Run(new Credentials(fields["email"], fields.Raw("password"), code.Length == 0 ? null : code, DeviceCookie.Of(http)), SessionKind.Cookie, http.AuditOrigin(), ct);
    }
}

/// <summary>What the sign-in form shows.</summary>
/// <param name="To">Where the reader wanted to go.</param>
/// <param name="Email">As typed before.</param>
/// <param name="Refusal">Of the try before.</param>
/// <param name="IsFirst">Nobody has an account yet.</param>
/// <param name="AsksCode">The account asks for a code of the phone, or one was typed.</param>
internal sealed record SignInAttempt(string To, string Email = "", Error? Refusal = null, bool IsFirst = false, bool AsksCode = false);
