using System.Text.Json;
using System.Text.Json.Serialization;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Counts of visits and of where their tasks stand: <c>observed = sent + held + failed + cancelled + pending</c>.</summary>
internal static class GetSummary
{
    // Days as in the work list: a task whose visit was not read yet counts on the hospital's day on which it happened.
    private const string Sql = """
        with site as (
            select id, zone from antrean.sites where code = @site
        ), day_visits as (
            select v.site_id, v.visit_id, cardinality(v.blocked_reasons) > 0 as has_reasons
            from antrean.visits v
            where v.site_id = (select id from site) and (@date is null or v.service_date = @date)
        ), day_tasks as (
            select t.visit_id, t.task, t.status, t.held_reason, t.cancelled_reason, t.already_there, t.waktu, t.waktu_khanza
            from antrean.tasks t
            where @date is null and t.site_id = (select id from site)
            union all
            select t.visit_id, t.task, t.status, t.held_reason, t.cancelled_reason, t.already_there, t.waktu, t.waktu_khanza
            from day_visits v
            join antrean.tasks t on t.site_id = v.site_id and t.visit_id = v.visit_id
            where @date is not null
            union all
            select t.visit_id, t.task, t.status, t.held_reason, t.cancelled_reason, t.already_there, t.waktu, t.waktu_khanza
            from site s
            join antrean.tasks t on t.site_id = s.id and t.held_reason = 'VISIT_NOT_READ'
            where @date is not null and (t.waktu at time zone s.zone)::date = @date
              and not exists (select from day_visits v where v.visit_id = t.visit_id)
        ), held as (
            select coalesce(jsonb_object_agg(held_reason, n), '{}') as by_reason
            from (select held_reason, count(*) as n from day_tasks where held_reason is not null group by held_reason) h
        ), counts as (
            select count(*) as observed,
                   count(*) filter (where status = 'SENT_BPJS') as sent,
                   count(*) filter (where already_there) as already_there,
                   count(*) filter (where held_reason is not null) as held,
                   count(*) filter (where status = 'FAILED_BPJS') as failed,
                   count(*) filter (where cancelled_reason is not null) as cancelled,
                   count(*) filter (where status = 'DRAFT' and num_nonnulls(held_reason, cancelled_reason) = 0) as pending,
                   count(*) filter (where status = 'SENT_BPJS' and waktu_khanza is distinct from waktu) as differs
            from day_tasks
        ), visit_counts as (
            select count(*) as visits,
                   count(*) filter (where v.has_reasons and coalesce(t.status, 'DRAFT') = 'DRAFT') as blocked
            from day_visits v
            left join day_tasks t on t.visit_id = v.visit_id and t.task = '1'
        )
        select v.*, c.*, h.by_reason
        from site, counts c, visit_counts v, held h
        """;

    public static async Task<Answer<Summary>> Handle(
        NpgsqlDataSource database,
        CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite,
        [FromQuery] DateOnly? date = null)
    {
        var rows = await database.ReadSite(Sql, site, row => Read(row, site, date), [new NpgsqlParameter<DateOnly?>("date", date)], ct);
        return rows.Ok ? rows.Value[0] : rows.Error;
    }

    private static Summary Read(NpgsqlDataReader row, string site, DateOnly? date) => new(
        site,
        date,
        row.Get<long>("visits"),
        row.Get<long>("blocked"),
        row.Get<long>("observed"),
        row.Get<long>("sent"),
        row.Get<long>("already_there"),
        row.Get<long>("held"),
        row.Get<JsonElement>("by_reason"),
        row.Get<long>("failed"),
        row.Get<long>("cancelled"),
        row.Get<long>("pending"),
        row.Get<long>("differs"));

    /// <summary>Figures of a site, of one day or of all.</summary>
    /// <param name="Site">Its code.</param>
    /// <param name="Date">Day of service; null: all days.</param>
    /// <param name="Visits">Visits read from Khanza.</param>
    /// <param name="Blocked">Those of them that are BLOCKED_BPJS.</param>
    /// <param name="Observed">Tasks observed, REGISTER included.</param>
    /// <param name="Sent">Tasks that BPJS has.</param>
    /// <param name="AlreadyThere">Those of them that BPJS had from somebody else.</param>
    /// <param name="Held">Tasks held back.</param>
    /// <param name="HeldByReason">The same by reason.</param>
    /// <param name="Failed">Tasks refused for good or out of attempts.</param>
    /// <param name="Cancelled">Tasks of visits that were cancelled or are gone.</param>
    /// <param name="Pending">Tasks ready, queued or in flight.</param>
    /// <param name="Differs">Sent tasks of which Khanza says something else by now.</param>
    public sealed record Summary(
        [property: JsonPropertyName("site")] string Site,
        [property: JsonPropertyName("date")] DateOnly? Date,
        [property: JsonPropertyName("visits")] long Visits,
        [property: JsonPropertyName("blocked")] long Blocked,
        [property: JsonPropertyName("observed")] long Observed,
        [property: JsonPropertyName("sent")] long Sent,
        [property: JsonPropertyName("alreadyThere")] long AlreadyThere,
        [property: JsonPropertyName("held")] long Held,
        [property: JsonPropertyName("heldByReason")] JsonElement HeldByReason,
        [property: JsonPropertyName("failed")] long Failed,
        [property: JsonPropertyName("cancelled")] long Cancelled,
        [property: JsonPropertyName("pending")] long Pending,
        [property: JsonPropertyName("differs")] long Differs);
}
