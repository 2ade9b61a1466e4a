using System.Text.Json;
using Alur.Antrean.Board;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.FirstRun;

/// <summary>
/// "What would have been sent today?" One statement over what the running server has stored, so that all figures belong to one moment; nothing is changed
/// and neither Khanza nor BPJS is asked.
/// </summary>
internal sealed class ReportDay(NpgsqlDataSource db, IOptions<AntreanOptions> options, TimeProvider clock)
{
    // A held task that only waits behind another one is counted with that one: who mends the first mends both.
    private const string Sql = """
        with site as (
            select id, code, name, zone, mode, profile, onsite_jkn, last_poll_at, last_poll_error from antrean.sites where code = @site
        ), day as materialized (
            select v.visit_id, v.kind, v.cancelled_reason is not null as cancelled, 'CLINIC_EXCLUDED' = any(v.blocked_reasons) as excluded,
                   coalesce(v.payload ->> 'namapoli', v.poli_id) as poli, coalesce(v.payload ->> 'namadokter', v.dokter_id) as dokter
            from antrean.visits v
            where v.site_id = (select id from site) and v.service_date = @date
        ), standing as materialized (
            select d.visit_id, d.cancelled, d.excluded, c.code as task, c.label, c.step, t.held_reason, d.kind = 'ONSITE_JKN' as onsite,
                   case when t.task is null then 'absent'
                        when t.status = 'SENT_BPJS' then 'sent'
                        when t.status = 'FAILED_BPJS' then 'failed'
                        when t.cancelled_reason is not null then 'absent'
                        when t.held_reason is null or t.held_reason = 'OBSERVE_MODE' then 'sendable'
                        else 'held' end as standing
            from day d
            cross join antrean.task_catalogue c
            left join antrean.tasks t on t.site_id = (select id from site) and t.visit_id = d.visit_id and t.task = c.code
            where c.enabled
        ), verdict as materialized (
            select visit_id,
                   case when cancelled then 'cancelled' when excluded then 'excluded' when bool_or(standing = 'failed') then 'failed'
                        when bool_or(standing = 'held') then 'held' when bool_or(standing = 'absent') then 'unfinished' else 'whole' end as verdict
            from standing
            group by visit_id, cancelled, excluded
        ), counted as materialized (
            select s.*, (array_agg(s.task) filter (where s.standing = 'absent') over (
                       partition by s.visit_id order by s.step rows between unbounded preceding and 1 preceding))[1] as absent
            from standing s where not s.cancelled and not s.excluded
        ), first_held as (
            select distinct on (s.visit_id) s.visit_id, s.task, s.held_reason, case when s.held_reason = 'PREDECESSOR_MISSING' then s.absent end as absent,
                   count(*) filter (where s.standing = 'held') over (partition by s.visit_id) as tasks
            from counted s
            join verdict v on v.visit_id = s.visit_id and v.verdict = 'held'
            where s.standing = 'held'
            order by s.visit_id, s.step
        ), reasons as (
            select h.held_reason as reason, count(*) as visits, sum(h.tasks) as tasks,
                   jsonb_agg(jsonb_build_object('visit_id', h.visit_id, 'task', h.task, 'poli', d.poli, 'dokter', d.dokter, 'absent', h.absent) order by h.visit_id)
                       filter (where h.place <= 10) as examples
            from (select *, row_number() over (partition by held_reason order by visit_id) as place from first_held) h
            join day d on d.visit_id = h.visit_id
            group by h.held_reason
        ), tasks as (
            select task, label, step, count(*) filter (where standing <> 'absent') as observed, count(*) filter (where standing = 'sendable') as sendable,
                   count(*) filter (where standing = 'sent') as sent, count(*) filter (where standing = 'held') as held,
                   count(*) filter (where standing = 'failed') as failed, count(*) filter (where standing = 'absent') as missing
            from counted group by task, label, step
        ), ours as (
            select s.task, s.task = '1' and s.onsite and site.onsite_jkn = 'desktop' as by_desktop from counted s cross join site where s.standing in ('sendable', 'sent')
        ), undated as (
            select u.visit_id, u.poli, u.dokter from antrean.undated_visits u
            where u.site_id = (select id from site) and coalesce(u.day, @date) = @date -- one that no day can be found for is in every report
        )
        select jsonb_build_object(
            'site', s.code, 'name', s.name, 'zone', s.zone, 'mode', s.mode, 'profile', s.profile, 'onsite_jkn', s.onsite_jkn, 'date', @date::date, 'day_over', @date < @today,
            'last_poll_at', s.last_poll_at, 'last_poll_error', s.last_poll_error,
            'visits', (select count(*) from day),
            'whole', (select count(*) from verdict where verdict = 'whole'),
            'unfinished', (select count(*) from verdict where verdict = 'unfinished'),
            'held', (select count(*) from verdict where verdict = 'held'),
            'failed', (select count(*) from verdict where verdict = 'failed'),
            'cancelled', (select count(*) from verdict where verdict = 'cancelled'),
            'excluded', (select count(*) from verdict where verdict = 'excluded'),
            'without_visit', (select count(*) from antrean.tasks t where t.site_id = s.id and t.held_reason = 'VISIT_NOT_READ' and (t.waktu at time zone s.zone)::date = @date),
            'undated', (select count(*) from undated),
            'registered_by_us', (select count(*) from ours where task = '1' and not by_desktop),
            'registered_by_desktop', (select count(*) from ours where by_desktop),
            'calls', (select count(*) from ours where not by_desktop),
            'tasks', coalesce((select jsonb_agg(to_jsonb(t) - 'step' order by t.step) from tasks t), '[]'),
            'reasons', coalesce((select jsonb_agg(to_jsonb(r) order by r.visits desc, r.reason) from reasons r), '[]'),
            'undated_visits', coalesce((select jsonb_agg(to_jsonb(u) order by u.visit_id) from undated u), '[]'))::text
        from site s
        """;

    /// <summary>Reports. A site that was never served, or is not configured, is refused.</summary>
    public async Task<Result<DayReport>> Run(DayReportRequest request, CancellationToken ct)
    {
        if (!options.Value.Sites.TryGetValue(request.Site, out var settings))
            return new SiteNotFound(request.Site);
        if (request.Date is { Year: < 1970 or > 9000 })
            return new Invalid("INVALID_PARAMETER", "No hospital has that day.", "date"); // the first and the last of the calendar are infinity to the database
        var today = new Site(0, request.Site, settings).Today(clock);
        await using var command = db.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string>("site", request.Site));
        command.Parameters.Add(new NpgsqlParameter<DateOnly>("date", request.Date ?? today));
        command.Parameters.Add(new NpgsqlParameter<DateOnly>("today", today));
        if (await command.ExecuteScalarAsync(ct) is not string json)
            return new SiteNeverServed(request.Site);
        var report = JsonSerializer.Deserialize<DayReport>(json, WebJson.Results)!;
        return report with { Reasons = [.. report.Reasons.Select(Worded)] };
    }

    private static HeldFigures Worded(HeldFigures figures)
    {
        var reason = HeldReasons.All.First(r => r.Code == figures.Reason);
        return figures with { Indonesian = reason.Sentence, English = reason.English, MendedBy = reason.Mender };
    }
}
