using Alur.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>One visit with the progress of all its tasks.</summary>
internal static class GetVisit
{
    private const string Sql = """
        select q.*
        from antrean.sites s
        left join lateral (
            select e.visit_id, e.event_time, e.status, e.poli_id, e.dokter_id, e.payload, e.task_progress
            from antrean.visit_events e
            where e.site_id = s.id and e.visit_id = @visit_id
        ) q on true
        where s.code = @site
        """;

    public static async Task<Answer<VisitEvent>> Handle(
        [FromRoute(Name = "visit_id")] string visitId,
        NpgsqlDataSource database,
        CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite)
    {
        var rows = await database.ReadSite(Sql, site, VisitEvent.Read, [new NpgsqlParameter<string>("visit_id", visitId)], ct);
        return rows switch
        {
            { Error: { } error } => error,
            { Value: [var visit] } => visit,
            _ => new VisitNotFound(visitId),
        };
    }
}
