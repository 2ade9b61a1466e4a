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

/// <summary>Everything about one visit: its tasks with moments and where they come from, every try at BPJS, what happened, and what to do.</summary>
internal static class VisitPage
{
    private const int Many = Paging.MaxLimit;

    public static async Task<IResult> Show(
        [FromRoute(Name = "visit_id")] string visitId, NpgsqlDataSource database, CancellationToken ct, [FromQuery] string site = AntreanRoutes.DefaultSite)
    {
        var visit = (await GetVisit.Handle(visitId, database, ct, site)).Result;
        var history = await History(visitId, site, database, ct);
        if (!history.Ok)
        {
            return Problem.From(history.Error); // of a task that was seen before its visit there is a history and no visit yet
        }

        var tasks = (await ListTasks.Handle(new ListTasks.Filter(site, null, null, null, visitId, null, null, Many), database, ct)).Result;
        var logs = (await ListLogs.Handle(new ListLogs.Filter(site, visitId, null, null, Many), database, ct)).Result;
        var at = (await ListSites.Handle(database, ct)).Result.Value.Items.First(s => s.Code == site);
        return PageResult.Of<VisitView>(new VisitDetail(
            visitId, at, visit.Ok ? visit.Value : null, await ReadVisitFacts.Run(site, visitId, database, ct), tasks.Value.Items, history.Value, logs.Value.Items));
    }

    // Latest first; the list is oldest first and comes in pages, of which all but the rarest visits have one.
    private static async Task<Result<IReadOnlyList<GetVisitHistory.Entry>>> History(string visitId, string site, NpgsqlDataSource database, CancellationToken ct)
    {
        List<GetVisitHistory.Entry> entries = [];
        string? after = null;
        do
        {
            var page = (await GetVisitHistory.Handle(visitId, database, ct, site, after, Many)).Result;
            if (!page.Ok)
            {
                return page.Error;
            }

            entries.AddRange(page.Value.Items);
            after = page.Value.Next;
        }
        while (after is not null);

        entries.Reverse();
        return entries;
    }

    /// <summary>Has the visit read and judged anew.</summary>
    public static Task<IResult> Revalidate(
        [FromRoute(Name = "visit_id")] string visitId, HttpContext http, NpgsqlDataSource database, IOptions<AntreanOptions> options, TimeProvider clock, PollHints hints,
        CancellationToken ct, [FromQuery] string site = AntreanRoutes.DefaultSite) => Forms.Do(http, async (_, here) =>
    {
        var asked = (await RevalidateVisits.One(visitId, http, database, options, clock, hints, ct, site)).Result;
        return Notice.Of(asked, here, done => here.Say(
            $"Kunjungan dibaca dan dinilai ulang, paling lama dalam {done.WithinSeconds} detik.", $"The visit is read and judged anew, within {done.WithinSeconds} seconds at the latest."));
    }, ct);
}
