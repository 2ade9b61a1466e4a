using System.Security.Claims;
using Alur.Platform.Doctor;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Alur.Platform.Identity;

/// <summary>Everybody's own account: another password, where it is signed in, and the code of a phone. The slices are those of <c>/api/auth</c>.</summary>
internal static class OwnAccountPage
{
    public const string Path = "/account";

    public static async Task<IResult> Show(HttpContext http, [AsParameters] OwnSlices slices, CancellationToken ct) =>
        PageResult.Of<OwnAccountView>(await Read(http, slices, ct));

    public static async Task<IResult> Submit(HttpContext http, [AsParameters] OwnSlices slices, CancellationToken ct)
    {
        var form = await Forms.Read(http, ct);
        if (!form.Ok)
        {
            return Problem.From(form.Error);
        }

        return form.Value["do"] switch
        {
            "password" => Back(http, await Password(http, form.Value, slices, ct), ended => new(
                $"Kata sandi diganti; {ended} sesi lain diakhiri.", $"The password is changed; {ended} other {Words.Of(ended, "session has", "sessions have")} ended.")),
            "end" => Back(http, (await OwnSessions.End(form.Value["id"], http, slices.Database, ct)).Result, _ => new("Sesi itu diakhiri.", "That session has ended.")),
            "end-others" => Back(http, (await OwnSessions.EndOthers(http, slices.Database, ct)).Result, done => new(
                $"{done.Ended} sesi lain diakhiri.", $"{done.Ended} other {Words.Of(done.Ended, "session has", "sessions have")} ended.")),
            "offer" => await Offered(http, form.Value, slices, ct),
            "confirm" => Back(http, (await SecondFactor.Confirm(new SecondFactor.Request(form.Value["code"]), http, slices.Database, slices.Keys, slices.Tries, ct)).Result, _ => new(
                "Mulai sekarang akun ini meminta kode dari ponsel.", "From now on this account asks for a code from the phone.")),
            _ => Problem.From(new FormRequired()),
        };
    }

    private static async Task<Result<int>> Password(HttpContext http, FormFields fields, OwnSlices slices, CancellationToken ct)
    {
        if (!SessionCookie.MayTravel(http, slices.Options))
        {
            return new TlsRequired();
        }

        if (fields.Raw("password") != fields.Raw("again"))
        {
            return new PasswordsDiffer();
        }

        var changed = await slices.Change.Run(new Holder(http), fields.Raw("current"), fields.Raw("password"), ct);
        return changed.Ok ? changed.Value.SessionsEnded : changed.Error;
    }

    // A secret is shown on the answer itself and nowhere else: it is not kept for the next page.
    private static async Task<IResult> Offered(HttpContext http, FormFields fields, OwnSlices slices, CancellationToken ct)
    {
        var offer = await slices.Begin.Run(http, fields.Raw("factor_password"), ct);
        return offer.Ok ? PageResult.Of<OwnAccountView>(await Read(http, slices, ct) with { Offer = offer.Value })
            : Forms.Back(http, Path, Notice.Of(offer, new Here(http), _ => ""));
    }

    private static IResult Back<T>(HttpContext http, Result<T> done, Func<T, Words> said)
    {
        var here = new Here(http);
        return Forms.Back(http, Path, Notice.Of(done, here, value => here.Say(said(value))));
    }

    private static async Task<OwnAccount> Read(HttpContext http, OwnSlices slices, CancellationToken ct)
    {
        var who = new Holder(http);
        var hasFactor = (await slices.Users.Run(ct)).Any(user => user.Id == who.Id && user.HasSecondFactor);
        return new OwnAccount(who.Name, http.User.FindFirstValue(ClaimTypes.Email) ?? "", hasFactor, (await OwnSessions.List(http, slices.Database, ct)).Result.Value);
    }
}

/// <summary>What somebody can do with their own account.</summary>
internal sealed record OwnSlices(ChangePassword Change, BeginSecondFactor Begin, ListUsers Users, SecondFactorKeys Keys, TriesByName Tries, IdentityOptions Options, NpgsqlDataSource Database);

/// <summary>What the page shows.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Email">What they sign in with.</param>
/// <param name="HasSecondFactor">A code from the phone is asked for.</param>
/// <param name="Sessions">Where it is signed in.</param>
internal sealed record OwnAccount(string Name, string Email, bool HasSecondFactor, IReadOnlyList<OwnSession> Sessions)
{
    /// <summary>What a phone is to be given, just now.</summary>
    public Offer? Offer { get; init; }
}
