using System.ComponentModel.DataAnnotations;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The visits of a site, latest day first.</summary>
internal static class ListVisits
{
    private const string ListName = "visits";

    private const string Sql = """
        select q.*
        from antrean.sites s
        left join lateral (
            select e.visit_id, e.event_time, e.status, e.poli_id, e.dokter_id, e.payload, e.task_progress, v.service_date
            from antrean.visits v
            join antrean.visit_events e on e.site_id = v.site_id and e.visit_id = v.visit_id
            where v.site_id = s.id
              and (@date is null or v.service_date = @date)
              and (@poli_id is null or v.poli_id = @poli_id)
              and (@dokter_id is null or v.dokter_id = @dokter_id)
              and (@status is null or e.status = @status)
              and (@after_date is null or (v.service_date, v.visit_id) < (@after_date, @after_visit))
            order by v.service_date desc, v.visit_id desc
            limit @rows
        ) q on true
        where s.code = @site
        order by q.service_date desc, q.visit_id desc
        """;

    public static async Task<Listing<VisitEvent>> Handle(
        [AsParameters] Filter filter, NpgsqlDataSource database, CancellationToken ct)
    {
        if (filter.Status is { } status && !VisitEvent.Statuses.Contains(status))
        {
            return new UnknownValue("status", status, VisitEvent.Statuses);
        }

        var after = Cursor.Read<Key>(filter.After, ListName);
        if (!after.Ok)
        {
            return after.Error;
        }

        var rows = await database.ReadSite(
            Sql,
            filter.Site ?? AntreanRoutes.DefaultSite,
            row => (Visit: VisitEvent.Read(row), Date: row.Get<DateOnly>("service_date")),
            [
                new NpgsqlParameter<DateOnly?>("date", filter.Date),
                new NpgsqlParameter<string?>("poli_id", filter.PoliId),
                new NpgsqlParameter<string?>("dokter_id", filter.DokterId),
                new NpgsqlParameter<string?>("status", filter.Status),
                new NpgsqlParameter<DateOnly?>("after_date", after.Value?.Date),
                new NpgsqlParameter<string?>("after_visit", after.Value?.VisitId),
                new NpgsqlParameter<int>("rows", filter.Rows + 1),
            ],
            ct);
        return rows.Ok
            ? Paging.Cut(rows.Value, filter.Rows, r => Cursor.After(ListName, new Key(r.Date, r.Visit.VisitId))).Select(r => r.Visit)
            : rows.Error;
    }

    /// <summary>Filters; all given ones must hold.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "date")] DateOnly? Date,
        [property: FromQuery(Name = "status")] string? Status,
        [property: FromQuery(Name = "poli_id")] string? PoliId,
        [property: FromQuery(Name = "dokter_id")] string? DokterId,
        [property: FromQuery(Name = "after")] string? After,
        [property: FromQuery(Name = "limit"), Range(1, Paging.MaxLimit)] int? Limit)
    {
        internal int Rows => Limit ?? Paging.DefaultLimit;
    }

    private sealed record Key(DateOnly Date, string VisitId);
}
