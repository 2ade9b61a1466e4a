using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>What does not get to BPJS, by cause, with who can mend it and what to do: the list that people work off.</summary>
internal static class WorkPage
{
    public static async Task<IResult> Show(
        [AsParameters] Filter filter, NpgsqlDataSource database, IOptions<AntreanOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var chosen = Chosen(filter);
        if (!chosen.Ok)
        {
            return Problem.From(chosen.Error);
        }

        var site = await SiteChoice.Of(filter.Site, database, ct);
        if (!site.Ok)
        {
            return Problem.From(site.Error);
        }

        var (code, today) = (site.Value.Code, site.Value.Today(clock));
        var days = Days(filter.Date, today, options.Value.Sites.GetValueOrDefault(code)?.LookBackDays ?? new SiteOptions().LookBackDays);
        var counts = await CountCauses.Run(code, days, filter.PoliId, database, ct);
        var visits = await ListTroubles.Run(code, days, new TroubleChoice(filter.PoliId, chosen.Value, filter.After), database, ct);
        return visits.Ok
            ? PageResult.Of<WorkView>(new Work(site.Value, filter, days, counts, visits.Value, await CountDifferences.Run(code, today, database, ct)))
            : Problem.From(visits.Error);
    }

    /// <summary>Has all visits of the days that are still read judged anew.</summary>
    public static Task<IResult> Revalidate(
        HttpContext http, NpgsqlDataSource database, IOptions<AntreanOptions> options, TimeProvider clock, PollHints hints, CancellationToken ct) => Forms.Do(http, async (form, here) =>
    {
        var asked = (await RevalidateVisits.All(http, database, options, clock, hints, ct, form["site"])).Result;
        return Notice.Of(asked, here, visits => here.Say(
            $"{here.Number(visits.Count)} kunjungan dibaca dan dinilai ulang, paling lama dalam {visits.WithinSeconds} detik selama Khanza terbaca.",
            $"{here.Number(visits.Count)} visits are read and judged anew, within {visits.WithinSeconds} seconds while Khanza can be read."));
    }, ct);

    private static Result<IReadOnlyList<Cause>> Chosen(Filter filter)
    {
        if (filter.Reason is { } reason && !Causes.OnWorkList.Any(cause => cause.Code == reason))
        {
            return new UnknownValue("reason", reason, Causes.OnWorkList.Select(cause => cause.Code));
        }

        if (filter.Mender is { } mender && !Causes.Menders.Any(known => known.Filter == mender))
        {
            return new UnknownValue("mender", mender, Causes.Menders.Select(known => known.Filter));
        }

        return Causes.OnWorkList.Where(cause => filter.Fits(cause) && (filter.Reason is null || cause.Code == filter.Reason)).ToList();
    }

    // What is older than the days that are still read cannot be mended in Khanza any more: it is shown to whoever asks for its day.
    private static TroubleDays Days(DateOnly? asked, DateOnly today, int lookBackDays) =>
        asked is { } day ? new(day, day, AllFailed: false) : new(today.AddDays(-lookBackDays), DateOnly.MaxValue, AllFailed: true);

    /// <summary>Filters; all given ones must hold.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "date")] DateOnly? Date,
        [property: FromQuery(Name = "poli_id")] string? PoliId,
        [property: FromQuery(Name = "reason")] string? Reason,
        [property: FromQuery(Name = "mender")] string? Mender,
        [property: FromQuery(Name = "after")] string? After)
    {
        /// <summary>Whether the mender who was asked for can mend it.</summary>
        public bool Fits(Cause cause) => Mender is null || cause.MenderFilter == Mender;
    }
}

/// <summary>What the work list shows.</summary>
/// <param name="Site">The hospital.</param>
/// <param name="Filter">What was asked for.</param>
/// <param name="Days">Which days are looked at.</param>
/// <param name="Counts">Figures by cause.</param>
/// <param name="Visits">The visits.</param>
/// <param name="Differences">Differences to BPJS's lists that concern visits.</param>
internal sealed record Work(
    SiteChoice Site, WorkPage.Filter Filter, TroubleDays Days, TroubleCounts Counts, Page<TroubledVisit> Visits, IReadOnlyList<DifferenceCount> Differences)
{
    /// <summary>The causes that the mender who was asked for can mend: what wants somebody first, then by how much it stops.</summary>
    public IEnumerable<CauseCount> Causes => Counts.Causes.Where(count => Filter.Fits(count.Cause)).OrderByDescending(count => count.Cause.WantsSomebody).ThenByDescending(count => count.Visits);
}
