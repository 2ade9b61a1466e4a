using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>What does not get to BPJS though it should: held and failed tasks, visits that cannot be registered, and visits without a readable date. What is held only because
/// the hospital observes is none of it.</summary>
internal static class Troubles
{
    /// <summary>
    /// A query's beginning: <c>troubles</c> with a row per visit, cause and task (null: it is about the visit itself), <c>day</c> null where none is known and
    /// <c>read</c> whether the visit was read. Parameters: <c>@site</c> code, <c>@first</c> and <c>@last</c> day of service, <c>@all_failed</c>: failed tasks of every
    /// day, because they can be sent again on any.
    /// </summary>
    public const string Sql = """
        with site as (
            select id, zone from antrean.sites where code = @site
        ), day_visits as materialized (
            select v.visit_id, v.service_date, v.poli_id, coalesce(v.payload ->> 'namapoli', v.poli_id) as poli, coalesce(v.payload ->> 'namadokter', v.dokter_id) as dokter,
                   v.blocked_reasons, v.cancelled_reason, v.first_seen_at
            from antrean.visits v
            where v.site_id = (select id from site) and v.service_date between @first and @last
        ), troubles as materialized (
            select v.visit_id, v.service_date as day, v.poli_id, v.poli, v.dokter, true as read, t.held_reason as cause, t.task, t.first_seen_at as since, null as said
            from day_visits v
            join antrean.tasks t on t.site_id = (select id from site) and t.visit_id = v.visit_id
            where t.held_reason is not null and t.held_reason <> 'OBSERVE_MODE'
            union all
            select v.visit_id, v.service_date, v.poli_id, v.poli, v.dokter, true, b.reason, null, v.first_seen_at, null
            from day_visits v
            cross join lateral unnest(v.blocked_reasons) as b (reason)
            left join antrean.tasks r on r.site_id = (select id from site) and r.visit_id = v.visit_id and r.task = '1'
            where v.cancelled_reason is null and coalesce(r.status, 'DRAFT') = 'DRAFT' and r.cancelled_reason is null
            union all
            select t.visit_id, v.service_date, v.poli_id, coalesce(v.payload ->> 'namapoli', v.poli_id), coalesce(v.payload ->> 'namadokter', v.dokter_id),
                   v.visit_id is not null, 'FAILED', t.task, t.first_seen_at, t.failed_reason
            from antrean.tasks t
            left join antrean.visits v on v.site_id = t.site_id and v.visit_id = t.visit_id
            where t.site_id = (select id from site) and t.status = 'FAILED_BPJS' and (@all_failed or v.service_date between @first and @last)
            union all
            select t.visit_id, (t.waktu at time zone site.zone)::date, null, null, null, false, t.held_reason, t.task, t.first_seen_at, null
            from site
            join antrean.tasks t on t.site_id = site.id and t.held_reason = 'VISIT_NOT_READ'
            where (t.waktu at time zone site.zone)::date between @first and @last
              and not exists (select from antrean.visits v where v.site_id = t.site_id and v.visit_id = t.visit_id)
            union all
            select u.visit_id, u.day, null, u.poli, u.dokter, exists (select from antrean.visits v where v.site_id = u.site_id and v.visit_id = u.visit_id),
                   'DATE_UNREADABLE', null, u.first_seen_at, null
            from antrean.undated_visits u
            where u.site_id = (select id from site) and coalesce(u.day between @first and @last, true)
        )
        """;

    /// <summary>The parameters of <see cref="Sql"/> besides the site.</summary>
    public static NpgsqlParameter[] Parameters(TroubleDays days) =>
    [
        new NpgsqlParameter<DateOnly>("first", days.First),
        new NpgsqlParameter<DateOnly>("last", days.Last),
        new NpgsqlParameter<bool>("all_failed", days.AllFailed),
    ];
}

/// <summary>Which days of service are looked at.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
/// <param name="AllFailed">Failed tasks of every day.</param>
internal sealed record TroubleDays(DateOnly First, DateOnly Last, bool AllFailed);
