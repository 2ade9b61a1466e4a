namespace Alur.Antrean.Tasks;

/// <summary>
/// Where every unsent task stands, decided by one statement over all tasks of a site. The first that applies wins:
/// <list type="number">
/// <item>cancelled: the visit was cancelled or is gone, or the moment is no longer there;</item>
/// <item>VISIT_NOT_READ, CLINIC_EXCLUDED, the visit's first blocked reason when its time cannot be read (TIME_UNREADABLE and others), OUTSIDE_SEND_FROM (began before the site's start; REGISTER also: the day is over);</item>
/// <item>REGISTER only: the visit's first blocked reason; REGISTER_NOT_SENT while the hospital's desktop has yet to register it;</item>
/// <item>OUTSIDE_SEND_FROM (its REGISTER is held so: nobody can mend that), REGISTER_NOT_SENT, NEW_PATIENT_NEEDS_ADMISSION_TASKS, TIME_WRONG_DAY (at the hospital or in Jakarta, where BPJS counts);</item>
/// <item>PREDECESSOR_FAILED, PREDECESSOR_MISSING (absent or itself held), TIME_NOT_LATER (than all before), TIME_IN_FUTURE;</item>
/// <item>OBSERVE_MODE, also for tasks that the catalogue does not send. In observe mode no day is over, no start is in force and REGISTER
/// counts as sent for what follows it (the desktop's too: BPJS is not asked), so that the list shows what sending would do.</item>
/// </list>
/// Nothing applies: ready. Visits whose day is long over keep their last verdict, except while queued or waiting in the inbox. Visits of which
/// everything was sent are not looked at: there is nothing to say of them, and they are nearly all.
/// </summary>
internal static class TaskVerdicts
{
    /// <summary>
    /// CTEs that end with <c>verdicts(visit_id, task, step, status, queued_at, old_held, old_cancelled, held, cancelled)</c>.
    /// Parameters: <c>$1</c> site id, <c>$2</c> business time, <c>$3</c> first service day that is looked at.
    /// </summary>
    public const string Sql = """
        with site as (
            select s.id, s.mode = 'observe' as observes, s.send_from, s.onsite_jkn, s.zone, $2::timestamptz as now,
                   ($2::timestamptz at time zone s.zone)::date as today
            from antrean.sites s where s.id = $1
        ), chain as (
            select c.code, c.step, c.enabled, c.endpoint, coalesce(c.bpjs_taskid >= 3, false) as in_chain,
                   coalesce(sum(case when c.enabled and c.bpjs_taskid >= 3 then 1 end)
                       over (order by c.step rows between unbounded preceding and 1 preceding), 0) as needed
            from antrean.task_catalogue c
        ), near as materialized (
            select v.visit_id from antrean.visits v where v.site_id = $1 and v.service_date >= $3
              and exists (select from antrean.tasks t where t.site_id = v.site_id and t.visit_id = v.visit_id and t.status <> 'SENT_BPJS')
            union select visit_id from antrean.tasks where site_id = $1 and status = 'DRAFT' and queued_at is not null
            union select visit_id from antrean.tasks where site_id = $1 and held_reason = 'VISIT_NOT_READ'
        ), facts as (
            select t.visit_id, t.task, t.status, t.waktu, t.queued_at, t.held_reason as old_held, t.cancelled_reason as old_cancelled,
                   c.step, c.enabled, c.in_chain, c.needed, c.endpoint, s.observes, s.now,
                   v.new_patient, v.service_date,
                   coalesce(v.cancelled_reason, case when t.waktu_khanza is null then 'GONE_FROM_KHANZA' end) as cancelled,
                   case
                       when v.id is null then 'VISIT_NOT_READ'
                       when 'CLINIC_EXCLUDED' = any(v.blocked_reasons) then 'CLINIC_EXCLUDED'
                       when v.event_time is null then coalesce(v.blocked_reasons[1], 'TIME_UNREADABLE')
                       when not s.observes and (v.event_time < s.send_from or t.task = '1' and v.service_date < s.today) then 'OUTSIDE_SEND_FROM'
                       when t.task = '1' and cardinality(v.blocked_reasons) > 0 then v.blocked_reasons[1]
                       when t.task = '1' and not s.observes and v.kind = 'ONSITE_JKN' and s.onsite_jkn = 'desktop' then 'REGISTER_NOT_SENT'
                   end as outside,
                   (t.waktu at time zone s.zone)::date <> v.service_date
                       or (t.waktu at time zone 'Asia/Jakarta')::date <> v.service_date as wrong_day
            from near n
            join antrean.tasks t on t.site_id = $1 and t.visit_id = n.visit_id
            join chain c on c.code = t.task
            cross join site s
            left join antrean.visits v on v.site_id = $1 and v.visit_id = n.visit_id
        ), timed as (
            select f.*,
                   max(f.waktu) filter (where f.in_chain and (f.cancelled is null or f.status = 'SENT_BPJS')) over earlier as after,
                   coalesce(bool_or(f.in_chain and f.status = 'FAILED_BPJS') over earlier, false) as behind_failed,
                   coalesce(bool_or(f.task = '1' and (f.status = 'SENT_BPJS'
                       or (f.observes and f.status = 'DRAFT' and f.outside is null and f.cancelled is null))) over visit, false) as registered,
                   coalesce(bool_or(f.task = '1' and f.status = 'DRAFT' and f.outside = 'OUTSIDE_SEND_FROM') over visit, false) as too_late,
                   coalesce(bool_or(f.task = 'A2' and f.status = 'SENT_BPJS') over visit, false) as admitted
            from facts f
            window visit as (partition by f.visit_id),
                   earlier as (partition by f.visit_id order by f.step rows between unbounded preceding and 1 preceding)
        ), own as (
            select t.*,
                   case
                       when t.status <> 'DRAFT' or t.cancelled is not null then null
                       when t.outside is not null then t.outside
                       when t.task = '1' then null
                       when not t.registered then case when t.too_late then 'OUTSIDE_SEND_FROM' else 'REGISTER_NOT_SENT' end
                       when t.in_chain and t.new_patient and not t.admitted then 'NEW_PATIENT_NEEDS_ADMISSION_TASKS'
                       when t.wrong_day then 'TIME_WRONG_DAY'
                   end as reason,
                   t.in_chain and t.waktu <= t.after as not_later,
                   t.in_chain and t.waktu > t.now as in_future
            from timed t
        ), settled as (
            select o.*,
                   coalesce(sum(case when o.in_chain and o.enabled and (o.status = 'SENT_BPJS' or (o.status = 'DRAFT'
                       and o.cancelled is null and o.reason is null and not coalesce(o.not_later, false) and not o.in_future)) then 1 end)
                       over (partition by o.visit_id order by o.step rows between unbounded preceding and 1 preceding), 0) as ready_before
            from own o
        ), verdicts as (
            select visit_id, task, step, status, queued_at, old_held, old_cancelled,
                   case
                       when status <> 'DRAFT' or cancelled is not null then null
                       when reason is not null then reason
                       when in_chain and behind_failed then 'PREDECESSOR_FAILED'
                       when in_chain and ready_before < needed then 'PREDECESSOR_MISSING'
                       when not_later then 'TIME_NOT_LATER'
                       when in_future then 'TIME_IN_FUTURE'
                       when observes or not enabled then 'OBSERVE_MODE'
                   end as held,
                   case when status <> 'SENT_BPJS' then cancelled end as cancelled
            from settled
        )
        """;
}
