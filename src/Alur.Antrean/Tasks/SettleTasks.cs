namespace Alur.Antrean.Tasks;

/// <summary>
/// What the end of a delivery job means for its task, in the same statement that settles the job, so that the two can never differ
/// . Lock order everywhere: lanes, jobs, tasks by key, visits by key.
/// </summary>
internal static class SettleTasks
{
    /// <summary>
    /// A refusal whose reason begins with this says that BPJS holds the visit as cancelled (<c>TaskId terakhir 99</c>):
    /// the task and the rest of its visit are cancelled instead of failed.
    /// </summary>
    public const string CancelledAtBpjs = "CANCELLED_AT_BPJS";

    // The moment, or what is registered, is no longer what the job carried: Khanza has been corrected meanwhile. Or BPJS turned out to hold another
    // moment of a task before, behind which this one does not come any more.
    private const string Corrected = """
        (t.waktu <> (s.payload ->> 'waktu')::timestamptz
         or exists (
             select 1 from antrean.tasks e join antrean.task_catalogue c on c.code = e.task and c.bpjs_taskid >= 3
             where e.site_id = t.site_id and e.visit_id = t.visit_id and e.status = 'SENT_BPJS' and e.already_there and c.step < s.step
               and e.waktu >= (s.payload ->> 'waktu')::timestamptz)
         or t.task = '1' and exists (
             select 1 from antrean.visits v where v.site_id = t.site_id and v.visit_id = t.visit_id
               and v.payload || v.patient || jsonb_build_object('kodebooking', v.kodebooking) <> s.payload -> 'body'))
        """;

    /// <summary>
    /// For <c>IDeliveryChannel.SettleEffects</c>. A delivery with any other code than 200 was there before (208, or found by reconciling).
    /// The moment kept of a sent task is the one that BPJS holds: the payload's, whatever Khanza says by now, unless BPJS was told another before. A refusal of what Khanza has
    /// corrected while the call was under way is no failure of the correction: the task is a draft again and goes out anew.
    /// </summary>
    public const string SettleEffects = $"""
        , settling as materialized (
            select at.id as site_id, s.key as visit_id, at.code as task, s.step, s.payload, s.held_there::timestamptz as held_there, s.state, s.code, s.reason,
                   s.state = 'FAILED' and coalesce(starts_with(s.reason, 'CANCELLED_AT_BPJS'), false) as cancelled_there
            from settled s
            cross join lateral (
                select site.id, c.code from antrean.sites site, antrean.task_catalogue c
                where site.code = substr(s.channel, length('bpjs:') + 1) and c.step = s.step
                limit 1 -- names the task before it is looked for, so that the whole key is used
            ) at
            where s.state in ('SENT', 'FAILED')
            order by at.id, s.key collate "C", at.code -- the update follows this order row by row: no second pass only to lock
        ), written_tasks as (
            update antrean.tasks t
            set status = case when s.state = 'SENT' then 'SENT_BPJS' when s.cancelled_there or {Corrected} then 'DRAFT' else 'FAILED_BPJS' end,
                waktu = case when s.state = 'FAILED' and not s.cancelled_there and {Corrected} then t.waktu else coalesce(s.held_there, (s.payload ->> 'waktu')::timestamptz) end,
                already_there = s.state = 'SENT' and coalesce(s.code, '200') <> '200',
                sent_at = case when s.state = 'SENT' then now() end,
                failed_reason = case when s.state = 'FAILED' and not s.cancelled_there and not {Corrected} then coalesce(s.reason, 'unknown') end,
                queued_at = case when s.state = 'SENT' then t.queued_at end,
                held_reason = null,
                cancelled_reason = case when s.cancelled_there then 'CANCELLED_AT_BPJS' end
            from settling s
            where t.site_id = s.site_id and t.visit_id = s.visit_id and t.task = s.task and t.status <> 'SENT_BPJS'
            returning t.site_id, t.visit_id, t.task, t.waktu, s.payload, s.state, s.cancelled_there,
                      t.status = 'DRAFT' and not s.cancelled_there as corrected, s.code, s.reason, s.held_there
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            -- The code by which BPJS has it is one of a few; whatever else it says are words.
            select w.site_id, w.visit_id, w.task,
                   case when w.state = 'SENT' then 'antrean.TASK_SENT' when w.cancelled_there then 'antrean.TASK_CANCELLED' else 'antrean.TASK_FAILED' end, w.waktu,
                   case when w.state = 'SENT' then nullif(concat_ws(' ', left(w.code, 20), case when w.held_there is not null then 'BPJS holds another moment' end), '') end,
                   case when w.state <> 'SENT' then left(concat_ws(' ', w.code, w.reason), 500) end, 'system'
            from written_tasks w
            union all
            select w.site_id, w.visit_id, w.task, 'antrean.TASK_REOPENED', w.waktu,
                   case when w.task <> '1' and w.waktu = (w.payload ->> 'waktu')::timestamptz
                       then 'BPJS holds another moment of a step before' else 'corrected in Khanza meanwhile' end, null, 'system'
            from written_tasks w where w.corrected
        ), settled_visits as materialized (
            select v.id, s.cancelled_there, s.task, s.payload -> 'body' ->> 'kodebooking' as kodebooking
            from written_tasks s
            join antrean.visits v on v.site_id = s.site_id and v.visit_id = s.visit_id
            where s.cancelled_there
               or (s.task = '1' and s.state = 'SENT' and v.kodebooking <> s.payload -> 'body' ->> 'kodebooking')
            order by v.site_id, v.visit_id
            for update of v
        ), written_visits as (
            update antrean.visits v
            set cancelled_reason = case when s.cancelled_there then 'CANCELLED_AT_BPJS' else v.cancelled_reason end,
                kodebooking = case when s.task = '1' and not s.cancelled_there then s.kodebooking else v.kodebooking end,
                updated_at = now()
            from settled_visits s
            where v.id = s.id
        ){TaskEntries.Append}
        """;

    /// <summary>For <c>IDeliveryChannel.RequeueEffects</c>: a failed task whose job goes round again is a draft again.</summary>
    public const string RequeueEffects = $"""
        , requeued_tasks as materialized (
            select t.site_id, t.visit_id, t.task, r.actor
            from requeued r
            join antrean.sites site on r.channel = 'bpjs:' || site.code
            join antrean.task_catalogue c on c.step = r.step
            join antrean.tasks t on t.site_id = site.id and t.visit_id = r.key and t.task = c.code
            where t.status = 'FAILED_BPJS'
            order by t.site_id, t.visit_id, t.task
            for update of t
        ), reopened_tasks as (
            update antrean.tasks t
            set status = 'DRAFT', failed_reason = null, queued_at = now()
            from requeued_tasks r
            where t.site_id = r.site_id and t.visit_id = r.visit_id and t.task = r.task
            returning t.site_id, t.visit_id, t.task, t.waktu, r.actor
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_REQUEUED', waktu, null, null, actor from reopened_tasks
        ){TaskEntries.Append}
        """;
}
