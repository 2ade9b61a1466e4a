using Alur.Platform.Results;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The hospital that a page is about, with the others that the reader can turn to.</summary>
/// <param name="All">Every hospital.</param>
/// <param name="At">The one that was asked for.</param>
internal sealed record SiteChoice(IReadOnlyList<ListSites.Site> All, ListSites.Site At)
{
    public string Code => At.Code;

    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(At.Zone);

    /// <summary>Codes and names, for a choice among them.</summary>
    public IReadOnlyList<(string Code, string Name)> Names => [.. All.Select(site => (site.Code, site.Name))];

    /// <summary>What day it is at the hospital.</summary>
    public DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Zone).DateTime);

    /// <summary>The site with this code; without one the default site, or the first where none is called so.</summary>
    public static async Task<Result<SiteChoice>> Of(string? code, NpgsqlDataSource database, CancellationToken ct)
    {
        var listed = (await ListSites.Handle(database, ct)).Result;
        if (!listed.Ok)
        {
            return listed.Error;
        }

        var all = listed.Value.Items;
        var at = all.FirstOrDefault(site => site.Code == (code ?? AntreanRoutes.DefaultSite)) ?? (code is null && all is [var first, ..] ? first : null);
        return at is null ? new SiteNotFound(code ?? AntreanRoutes.DefaultSite) : new SiteChoice(all, at);
    }
}
