using Alur.Antrean.Tasks;
using Alur.Platform.Pages;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The page that stands open all day: every visit of a day with its tasks in colour, and how far BPJS knows of it.</summary>
internal static class TodayBoard
{
    public static async Task<IResult> Show(
        [AsParameters] Filter filter, NpgsqlDataSource database, TimeProvider clock, CancellationToken ct)
    {
        if (filter.Standing is { } standing && !Standings.All.Contains(standing))
        {
            return Problem.From(new UnknownValue("standing", standing, Standings.All));
        }

        var site = await SiteChoice.Of(filter.Site, database, ct);
        if (!site.Ok)
        {
            return Problem.From(site.Error);
        }

        var (code, today) = (site.Value.Code, site.Value.Today(clock));
        var query = new BoardQuery(code, filter.Date ?? today, filter.PoliId, filter.DokterId, filter.Standing, filter.Visit, filter.After);
        var page = await ReadBoard.Page(query, database, ct);
        if (!page.Ok)
        {
            return Problem.From(page.Error);
        }

        var counted = await CountTasks.Run(database, code, query.Day, ct);
        return counted.Ok
            ? PageResult.Of<BoardView>(new DayBoard(query, today, site.Value, page.Value, counted.Value, await ReadBoard.Counts(query, database, ct)))
            : Problem.From(counted.Error);
    }

    /// <summary>Filters; all given ones must hold.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "date")] DateOnly? Date,
        [property: FromQuery(Name = "poli_id")] string? PoliId,
        [property: FromQuery(Name = "dokter_id")] string? DokterId,
        [property: FromQuery(Name = "standing")] string? Standing,
        [property: FromQuery(Name = "visit")] string? Visit,
        [property: FromQuery(Name = "after")] string? After);
}

/// <summary>What the board shows.</summary>
/// <param name="Query">What was asked for.</param>
/// <param name="Today">The hospital's day.</param>
/// <param name="Site">The hospital, the state of its ways in and out, and the others.</param>
/// <param name="Page">The visits.</param>
/// <param name="Tasks">Where the day's tasks stand.</param>
/// <param name="Counts">Visits by <c>standing</c>, <c>poli</c> and <c>dokter</c>, of the whole day.</param>
internal sealed record DayBoard(
    BoardQuery Query, DateOnly Today, SiteChoice Site, Page<BoardRow> Page, TaskCounts Tasks, ILookup<string, BoardCount> Counts)
{
    /// <summary>The tasks that have a column.</summary>
    public static readonly string[] Columns = ["1", "3", "4", "5"];

    /// <summary>Visits that count: neither cancelled nor excluded by configuration.</summary>
    public long Counting => Of(Standings.Complete) + Of(Standings.Ready) + Of(Standings.Trouble) + Of(Standings.Running);

    /// <summary>Nothing is sent here: what counts is what would be.</summary>
    public bool Observes => Site.At.Mode == "observe";

    /// <summary>Visits of which BPJS has 3, 4 and 5, or would have where nothing is sent.</summary>
    public long Reached => Of(Standings.Complete) + (Observes ? Of(Standings.Ready) : 0);

    /// <summary>Tasks that nothing stands against but that the hospital only observes.</summary>
    public long ReadyTasks => Tasks.HeldByReason.TryGetProperty(HeldReasons.Observed, out var ready) ? ready.GetInt64() : 0;

    /// <summary><see cref="Reached"/> in per cent of the visits that count, rounded down; null while none counts.</summary>
    public long? Capaian => Counting == 0 ? null : 100 * Reached / Counting;

    /// <summary>Visits of the day that stand there.</summary>
    public long Of(string standing) => Counts["standing"].FirstOrDefault(count => count.Code == standing)?.Visits ?? 0;
}
