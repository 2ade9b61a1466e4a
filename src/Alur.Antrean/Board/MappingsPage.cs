using Alur.Antrean.References;
using Alur.Antrean.Sites;
using Alur.Platform.Pages;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Where the hospital's mappings and schedules are not BPJS's, which visits that concerns, and how old the lists are that say so.</summary>
internal static class MappingsPage
{
    public static async Task<IResult> Show(
        [AsParameters] Filter filter, NpgsqlDataSource database, IOptions<AntreanOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var site = await SiteChoice.Of(filter.Site, database, ct);
        if (!site.Ok)
        {
            return Problem.From(site.Error);
        }

        var code = site.Value.Code;
        var differences = (await ListDifferences.Handle(
            new ListDifferences.Filter(code, filter.Kind, filter.Date, filter.PoliId, filter.DokterId, filter.VisitId, filter.After, Limit: null), database, options, clock, ct)).Result;
        var lists = (await ListReferences.Handle(new ListReferences.Filter(code, After: null, Paging.MaxLimit), database, ct)).Result;
        return (differences.Error ?? lists.Error) is { } error
            ? Problem.From(error)
            : PageResult.Of<MappingsView>(new Mappings(site.Value, filter, differences.Value, lists.Value.Items));
    }

    /// <summary>Has BPJS's lists asked for anew.</summary>
    public static Task<IResult> Refresh(
        HttpContext http, NpgsqlDataSource database, IOptions<AntreanOptions> options, TimeProvider clock, ReferenceHints hints, CancellationToken ct) => Forms.Do(http, async (form, here) =>
    {
        var asked = (await RequestReferences.Handle(http, database, options, clock, hints, ct, form["site"])).Result;
        return Notice.Of(asked, here, lists => here.Say(
            $"{here.Number(lists.Lists)} daftar diminta lagi ke BPJS, paling lama dalam {lists.WithinSeconds} detik dan menurut batas laju akun.",
            $"BPJS is asked for {here.Number(lists.Lists)} lists anew, within {lists.WithinSeconds} seconds and within the account's rate."));
    }, ct);

    /// <summary>Filters; all given ones must hold.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "kind")] string? Kind,
        [property: FromQuery(Name = "date")] DateOnly? Date,
        [property: FromQuery(Name = "poli_id")] string? PoliId,
        [property: FromQuery(Name = "dokter_id")] string? DokterId,
        [property: FromQuery(Name = "visit_id")] string? VisitId,
        [property: FromQuery(Name = "after")] string? After);
}

/// <summary>What the page shows.</summary>
/// <param name="Site">The hospital.</param>
/// <param name="Filter">What was asked for.</param>
/// <param name="Differences">The differences.</param>
/// <param name="Lists">The lists that are compared.</param>
internal sealed record Mappings(
    SiteChoice Site, MappingsPage.Filter Filter, Page<ListDifferences.Difference> Differences, IReadOnlyList<ListReferences.ReferenceList> Lists)
{
    /// <summary>Whether every list was read at least once: before that, no difference means nothing.</summary>
    public bool Compared => Lists.Count > 0 && Lists.All(list => list.FetchedAt is not null);

    /// <summary>When the oldest of them was read.</summary>
    public DateTimeOffset? Oldest => Lists.Min(list => list.FetchedAt);

    /// <summary>The lists whose latest reading failed.</summary>
    public IEnumerable<ListReferences.ReferenceList> Failing => Lists.Where(list => list.Failure is not null);
}
