using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Platform.Identity;

/// <summary>One account: its role and grants, a new link for whoever cannot get in, and shutting it. The slices are those of <c>/api/admin/users</c>.</summary>
internal static class AccountPage
{
    public static string AddressOf(string email) => $"{UsersPage.Path}/{Uri.EscapeDataString(email)}";

    public static Task<IResult> Show([FromRoute] string email, [AsParameters] AccountSlices slices, CancellationToken ct) => Page(email, slices, link: null, ct);

    public static async Task<IResult> Submit([FromRoute] string email, HttpContext http, [AsParameters] AccountSlices slices, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        if (form.Value["do"] == "reset")
        {
            var link = await slices.Reset.Run(email, form.Value["second_factor"] == "yes", http.AuditOrigin(), ct);
            return link.Ok ? await Page(email, slices, OneTimeLink.Of(http, email, link.Value), ct) : Problem.From(link.Error);
        }

        var (done, said) = await Change(email, form.Value, slices, http.AuditOrigin(), ct);
        var here = new Here(http, model: null);
        return done.Error is NotFound gone ? Problem.From(gone)
            : Forms.Back(http, AddressOf(email), Notice.Of(done, here, _ => here.Say(said)));
    }

    private static async Task<(Result<Guid> Done, Words Said)> Change(string email, FormFields fields, AccountSlices slices, AuditOrigin by, CancellationToken ct) => fields["do"] switch
    {
        "role" => (await slices.Change.Role(email, fields["role"], Seen(fields), by, ct), new("Peran tersimpan; berlaku mulai permintaan berikutnya.", "The role is kept; it holds from the next request on.")),
        "grants" => (await slices.Change.Grants(email, fields.All("grants"), Seen(fields), by, ct), new("Hak tersimpan; berlaku mulai permintaan berikutnya.", "The grants are kept; they hold from the next request on.")),
        "disable" => (await slices.Disable.Run(email, Seen(fields), by, ct), new("Akun dinonaktifkan dan semua sesinya diakhiri.", "The account is disabled, and all its sessions have ended.")),
        "enable" => (await slices.Disable.Undo(email, Seen(fields), by, ct), new("Akun dapat dipakai lagi.", "The account works again.")),
        _ => (new FormRequired(), new("", "")),
    };

    // What the API is told by If-Match: the account as the form showed it.
    private static Precondition? Seen(FormFields fields) => fields["seen"] is { Length: > 0 } version ? new Precondition([version]) : null;

    private static async Task<IResult> Page(string email, AccountSlices slices, OneTimeLink? link, CancellationToken ct)
    {
        email = Emails.Normal(email);
        return (await slices.Users.Run(ct)).SingleOrDefault(user => user.Email == email) is { } user
            ? PageResult.Of<AccountView>(new AccountCard(user, [.. slices.Grants], link))
            : Problem.From(new UserNotFound(email));
    }
}

/// <summary>What can be done with one account.</summary>
internal sealed record AccountSlices(ListUsers Users, ResetUser Reset, DisableUser Disable, ChangeUser Change, IEnumerable<Grant> Grants);

/// <summary>What the page of one account shows.</summary>
internal sealed record AccountCard(User User, IReadOnlyList<Grant> Grants, OneTimeLink? Link);
