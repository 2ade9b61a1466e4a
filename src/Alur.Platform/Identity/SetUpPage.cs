using Alur.Platform.Audit;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Platform.Identity;

/// <summary>Where a one-time link leads: a form that asks for a password, and for a name where the account is the first.</summary>
internal static class SetUpPage
{
    public static async Task<IResult> Show([FromRoute] string link, UseSetUpLink use, CancellationToken ct)
    {
        var holder = await use.Look(link, ct);
        return holder.Ok ? PageResult.Of<SetUpForm>(new SetUp(holder.Value)) : Problem.From(holder.Error);
    }

    public static async Task<IResult> Submit([FromRoute] string link, HttpContext http, UseSetUpLink use, IdentityOptions options, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        var holder = await use.Look(link, ct);
        if (!holder.Ok)
        {
            return Problem.From(holder.Error);
        }

        var fields = form.Value;
        var used = !SessionCookie.MayTravel(http, options) ? new TlsRequired()
            : fields.Raw("password") != fields.Raw("again") ? new PasswordsDiffer()
            : await use.Run(link, fields.Raw("password"), fields.Raw("email"), fields.Raw("name"), http.AuditOrigin(), ct);
        return used.Ok
            ? PageResult.Of<SetUpForm>(new SetUp(holder.Value, UsedFor: used.Value))
            : PageResult.Refused<SetUpForm>(new SetUp(holder.Value, used.Error), used.Error);
    }
}

/// <summary>What the page of a link shows.</summary>
/// <param name="Holder">Whose link it is.</param>
/// <param name="Refusal">Of the try before.</param>
/// <param name="UsedFor">The account's e-mail address, once the password is kept.</param>
internal sealed record SetUp(LinkHolder Holder, Error? Refusal = null, string? UsedFor = null);
