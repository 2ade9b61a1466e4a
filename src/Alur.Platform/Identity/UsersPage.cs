using Alur.Platform.Audit;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Platform.Identity;

/// <summary>All accounts, and a form for one more. The one-time link stands on the page that answers the form, and on no other.</summary>
internal static class UsersPage
{
    public const string Path = "/admin/users";

    public static async Task<IResult> Show(ListUsers users, [FromServices] IEnumerable<Grant> grants, CancellationToken ct) =>
        PageResult.Of<UsersView>(new AccountList(await users.Run(ct), [.. grants]));

    public static async Task<IResult> Add(HttpContext http, ListUsers users, AddUser add, [FromServices] IEnumerable<Grant> grants, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        var user = Typed(form.Value);
        var link = await add.Run(user, http.AuditOrigin(), ct);
        var list = new AccountList(await users.Run(ct), [.. grants]);
        return link.Ok
            ? PageResult.Of<UsersView>(list with { Link = OneTimeLink.Of(http, user.Email, link.Value) })
            : PageResult.Refused<UsersView>(list with { Typed = user, Refusal = link.Error }, link.Error);
    }

    private static NewUser Typed(FormFields fields) => new(
        fields["email"], fields["name"], fields["phone"] is { Length: > 0 } phone ? phone : null, fields["role"] is { Length: > 0 } role ? role : Policies.Client, fields.All("grants"));
}

/// <summary>What the page of accounts shows.</summary>
/// <param name="Users">All of them.</param>
/// <param name="Grants">What can be granted.</param>
internal sealed record AccountList(IReadOnlyList<User> Users, IReadOnlyList<Grant> Grants)
{
    /// <summary>The form as it was filled in and refused.</summary>
    public NewUser Typed { get; init; } = new("", "");

    /// <summary>Why it was refused.</summary>
    public Error? Refusal { get; init; }

    /// <summary>Of the account that was just made.</summary>
    public OneTimeLink? Link { get; init; }
}

/// <summary>A link as its holder opens it.</summary>
/// <param name="Email">Whose.</param>
/// <param name="Address">At the server as the reader reaches it.</param>
/// <param name="ExpiresAt">It works until then.</param>
internal sealed record OneTimeLink(string Email, string Address, DateTimeOffset ExpiresAt)
{
    public static OneTimeLink Of(HttpContext http, string email, SetUpLink link) =>
        new(Emails.Normal(email), $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{link.Path}", link.ExpiresAt);
}
