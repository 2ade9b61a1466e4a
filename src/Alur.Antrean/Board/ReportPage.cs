using Alur.Antrean.FirstRun;
using Alur.Antrean.Profiles;
using Alur.Platform.Pages;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>What would be sent of one day, what holds the rest and who can mend it; and, asked for, which profile would complete most of its visits. Made to be printed.</summary>
internal static class ReportPage
{
    public static async Task<IResult> Show([AsParameters] Filter filter, NpgsqlDataSource database, ReportDay day, CompareProfiles compare, CancellationToken ct)
    {
        var site = await SiteChoice.Of(filter.Site, database, ct);
        if (!site.Ok)
        {
            return Problem.From(site.Error);
        }

        var code = site.Value.Code;
        var report = (await GetReport.Handle(day, ct, code, filter.Date)).Result;
        if (!report.Ok)
        {
            return Problem.From(report.Error);
        }

        // A Khanza that does not answer costs this part of the page only.
        var profiles = filter.Profiles == true ? await compare.Run(code, report.Value.Date, ct) : null;
        return PageResult.Of<ReportView>(new Report(site.Value, report.Value, profiles?.Error is null ? profiles?.Value : null, profiles?.Error));
    }

    /// <summary>Which report.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "date")] DateOnly? Date,
        [property: FromQuery(Name = "profiles")] bool? Profiles);
}

/// <summary>What the page shows.</summary>
/// <param name="Site">The hospital.</param>
/// <param name="Day">The day's report.</param>
/// <param name="Profiles">What each profile would do with that day; null: not asked for, or refused.</param>
/// <param name="Refusal">Why profiles cannot be compared.</param>
internal sealed record Report(SiteChoice Site, DayReport Day, ProfileReport? Profiles, Error? Refusal)
{
    /// <summary>The profiles to choose from, with the best and the present one where they have no name.</summary>
    public IEnumerable<ProfileOutcome> Outcomes => Profiles is null ? [] : new[] { Profiles.Current, Profiles.Best }.OfType<ProfileOutcome>().Where(outcome => outcome.Name is null).Concat(Profiles.Named);
}
