using System.Text.Json;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Where every observed task stands; REGISTER is one of them. <c>Observed</c> is the sum of sent, held, failed, cancelled and pending.</summary>
/// <param name="Visits">Visits known, those that are gone included.</param>
/// <param name="Blocked">Visits that cannot be registered and were not.</param>
/// <param name="Observed">Tasks seen at least once.</param>
/// <param name="Sent">BPJS has them.</param>
/// <param name="AlreadyThere">Of the sent ones: BPJS had them before our call.</param>
/// <param name="Held">Seen, with a reason not to send them now.</param>
/// <param name="HeldByReason">The same by reason: an object of counts.</param>
/// <param name="Failed">Attempts used up or refused for good.</param>
/// <param name="Cancelled">The visit was cancelled or is gone, or the moment is.</param>
/// <param name="Pending">Ready, queued or in flight.</param>
/// <param name="Differs">Of the sent ones: Khanza says something else by now.</param>
/// <param name="Incomplete">Visits whose last task was sent while an earlier one was not; an invariant: 0.</param>
public sealed record TaskCounts(
    long Visits, long Blocked, long Observed, long Sent, long AlreadyThere, long Held, JsonElement HeldByReason, long Failed, long Cancelled,
    long Pending, long Differs, long Incomplete);

/// <summary>
/// Counts visits and tasks by where they stand: the one statement behind the summary, the metrics and the demo, so that all figures belong to
/// one moment and nobody counts differently.
/// </summary>
internal static class CountTasks
{
    // Days as in the work list: a task whose visit was not read yet counts on the hospital's day on which it happened.
    // Each task falls into exactly one of the five filters: the table's checks allow no other combination.
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
        ), broken as (
            select count(*) as incomplete
            from (
                select from day_tasks
                where status = 'SENT_BPJS' and task in ('1', '3', '4', '5')
                group by visit_id
                having bool_or(task = '5') and count(*) < 4
            ) b
        )
        select v.*, c.*, h.by_reason, b.incomplete
        from site, counts c, visit_counts v, held h, broken b
        """;

    /// <summary>Counts one site.</summary>
    /// <param name="db">The database.</param>
    /// <param name="site">The site's code.</param>
    /// <param name="day">Only this service day; null: everything.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<Result<TaskCounts>> Run(NpgsqlDataSource db, string site, DateOnly? day, CancellationToken ct)
    {
        var rows = await db.ReadSite(Sql, site, Read, [new NpgsqlParameter<DateOnly?>("date", day)], ct);
        return rows.Ok ? rows.Value[0] : rows.Error;
    }

    private static TaskCounts Read(NpgsqlDataReader row) => new(
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
        row.Get<long>("differs"),
        row.Get<long>("incomplete"));
}
