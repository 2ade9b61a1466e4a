using System.Text.Json;
using System.Text.Json.Serialization;
using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Antrean.Polling;

/// <summary>
/// Writes what changed between two polls in one transaction: locks the site; takes back the jobs of visits that are cancelled or gone; locks tasks, then
/// visits, by key, as settling does; upserts visits; brings tasks in line. A correction of an unsent task counts, a failed one becomes a draft again, a sent one stays as it was sent and
/// only notes what Khanza says now.
/// </summary>
internal sealed class StorePoll(NpgsqlConnection connection, NpgsqlTransaction tx, DeliveryQueue queue, Site site)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    // Before everything else: who switches a hospital has its row first and wants lanes and tasks then, and this ends with a change of that row.
    private const string HoldSite = "select 1 from antrean.sites where id = $1 for no key update";

    private const string LockTasks = """
        select count(*) from (
            select 1 from antrean.tasks where site_id = $1 and visit_id = any($2) order by site_id, visit_id, task for update) locked
        """;

    private const string LockVisits = """
        select count(*) from (
            select 1 from antrean.visits where site_id = $1 and visit_id = any($2) order by site_id, visit_id for update) locked
        """;

    // The code and the kind stay once REGISTER was accepted, also while it is reopened: everything at BPJS hangs on them.
    private const string UpsertVisits = $"""
        with old as materialized (
            select v.visit_id, v.kodebooking, v.payload, v.patient from antrean.visits v
            where v.site_id = $1 and v.visit_id in (select visit_id from json_to_recordset($2) as x(visit_id text))
        ), upserted as (
            insert into antrean.visits as v (site_id, visit_id, kind, kodebooking, event_time, service_date, poli_id, dokter_id, new_patient,
                payload, patient, blocked_reasons, text_stripped, cancelled_reason, source_hash)
            select $1, x.visit_id, x.kind, x.kodebooking, x.event_time, x.service_date, x.poli_id, x.dokter_id, x.new_patient,
                   jsonb_strip_nulls(x.payload), x.patient, x.blocked_reasons, x.text_stripped,
                   case when x.cancelled then 'CANCELLED_IN_KHANZA' end, decode(x.hash, 'hex')
            from json_to_recordset($2) as x(
                visit_id text, kind text, kodebooking text, event_time timestamptz, service_date date, poli_id text, dokter_id text,
                new_patient boolean, payload jsonb, patient jsonb, blocked_reasons text[], text_stripped boolean, cancelled boolean, hash text)
            order by x.visit_id
            on conflict (site_id, visit_id) do update set
                kind = case when exists (select 1 from antrean.tasks r where r.site_id = v.site_id and r.visit_id = v.visit_id
                                         and r.task = '1' and (r.status = 'SENT_BPJS' or r.reopened_at is not null)) then v.kind else excluded.kind end,
                kodebooking = case when exists (select 1 from antrean.tasks r where r.site_id = v.site_id and r.visit_id = v.visit_id
                                                and r.task = '1' and (r.status = 'SENT_BPJS' or r.reopened_at is not null)) then v.kodebooking else excluded.kodebooking end,
                event_time = excluded.event_time, service_date = excluded.service_date, poli_id = excluded.poli_id, dokter_id = excluded.dokter_id,
                new_patient = excluded.new_patient, payload = excluded.payload, patient = excluded.patient,
                blocked_reasons = excluded.blocked_reasons, text_stripped = excluded.text_stripped,
                cancelled_reason = case when v.cancelled_reason = 'CANCELLED_AT_BPJS' then v.cancelled_reason else excluded.cancelled_reason end,
                source_hash = excluded.source_hash, updated_at = now(), gone_at = null
            returning v.visit_id, v.kodebooking, v.payload, v.patient
        ), corrected as (
            update antrean.tasks t
            set status = 'DRAFT', failed_reason = null
            from upserted u
            join old o using (visit_id)
            where t.site_id = $1 and t.visit_id = u.visit_id and t.task = '1' and t.status = 'FAILED_BPJS'
              and (o.kodebooking, o.payload, o.patient) is distinct from (u.kodebooking, u.payload, u.patient)
            returning t.site_id, t.visit_id, t.task, t.waktu
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_CORRECTED', waktu, 'registration data changed in Khanza', null, 'system' from corrected
        ){TaskEntries.Append} select 1
        """;

    private const string UpsertTasks = $"""
        with seen as materialized (
            select x.visit_id, x.task, x.waktu, x.source, x.inbox
            from json_to_recordset($2) as x(visit_id text, task text, waktu timestamptz, source text, inbox boolean)
        ), old as materialized (
            select t.visit_id, t.task, t.waktu, t.waktu_khanza, t.status
            from antrean.tasks t join seen using (visit_id, task) where t.site_id = $1
        ), upserted as (
            insert into antrean.tasks as t (site_id, visit_id, task, waktu, waktu_khanza, source, first_seen_at, held_reason)
            select $1, s.visit_id, s.task, s.waktu, s.waktu, s.source, now(), case when s.inbox then 'VISIT_NOT_READ' end
            from seen s
            order by s.visit_id, s.task
            on conflict (site_id, visit_id, task) do update set
                waktu = case when t.status = 'SENT_BPJS' then t.waktu else excluded.waktu end,
                waktu_khanza = excluded.waktu_khanza,
                source = case when t.status = 'SENT_BPJS' then t.source else excluded.source end,
                status = case when t.status = 'FAILED_BPJS' and t.waktu <> excluded.waktu then 'DRAFT' else t.status end,
                failed_reason = case when t.status = 'FAILED_BPJS' and t.waktu <> excluded.waktu then null else t.failed_reason end
            where (t.waktu_khanza, t.source) is distinct from (excluded.waktu_khanza, excluded.source)
            returning t.visit_id, t.task, t.status, t.waktu_khanza
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select $1, u.visit_id, u.task, case when o.task is null then 'antrean.TASK_OBSERVED' else 'antrean.TASK_CORRECTED' end, u.waktu_khanza,
                   case when o.status = 'SENT_BPJS' then 'differs from BPJS' end, null, 'system'
            from upserted u
            left join old o using (visit_id, task)
            where o.task is null or o.waktu_khanza is distinct from u.waktu_khanza
        ){TaskEntries.Append}
        select u.visit_id, c.label, s.inbox
        from upserted u
        join seen s using (visit_id, task)
        join antrean.task_catalogue c on c.code = u.task
        left join old o using (visit_id, task)
        where o.task is null
        order by u.visit_id, c.step
        """;

    // Moments that a visit, or the inbox of the window, no longer shows. Once its visit is here a task is the visit's, even if nobody judged it since.
    private const string RemoveMoments = $"""
        with seen as materialized (
            select x.visit_id, x.task from json_to_recordset($2) as x(visit_id text, task text)
        ), removed as materialized (
            select t.site_id, t.visit_id, t.task
            from antrean.tasks t
            where t.site_id = $1 and t.waktu_khanza is not null
              and (t.visit_id = any($3) or (t.held_reason = 'VISIT_NOT_READ' and t.visit_id between $4 and $5
                      and not exists (select 1 from antrean.visits v where v.site_id = t.site_id and v.visit_id = t.visit_id)))
              and not exists (select 1 from seen s where s.visit_id = t.visit_id and s.task = t.task)
            order by t.site_id, t.visit_id, t.task
            for update
        ), written as (
            update antrean.tasks t set waktu_khanza = null
            from removed r
            where t.site_id = r.site_id and t.visit_id = r.visit_id and t.task = r.task
            returning t.site_id, t.visit_id, t.task, t.waktu
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_CORRECTED', waktu, 'no longer in Khanza', null, 'system' from written
        ){TaskEntries.Append} select 1
        """;

    private const string MarkGone = """
        update antrean.visits
        set gone_at = now(), updated_at = now(),
            cancelled_reason = case when cancelled_reason = 'CANCELLED_AT_BPJS' then cancelled_reason else 'GONE_FROM_KHANZA' end
        where site_id = $1 and visit_id = any($2) and gone_at is null
        """;

    private const string MarkCancelled = """
        update antrean.visits
        set updated_at = now(), source_hash = '',
            cancelled_reason = case when cancelled_reason = 'CANCELLED_AT_BPJS' then cancelled_reason else 'CANCELLED_IN_KHANZA' end
        where site_id = $1 and visit_id = any($2)
        """;

    // One statement, as every poll makes it; of visits without a date only what is different is written. Only what this poll read can be mended.
    private const string MarkPolled = """
        with seen as materialized (
            select x.visit_id, x.day, x.poli, x.dokter from json_to_recordset($2) as x(visit_id text, day date, poli text, dokter text)
        ), mended as (
            delete from antrean.undated_visits u
            where u.site_id = $1 and (u.visit_id between $3 and $4 or u.visit_id = any($5))
              and not exists (select 1 from seen s where s.visit_id = u.visit_id)
            returning 1
        ), undated as (
            insert into antrean.undated_visits as u (site_id, visit_id, day, poli, dokter)
            select $1, visit_id, day, poli, dokter from seen
            on conflict (site_id, visit_id) do update set day = excluded.day, poli = excluded.poli, dokter = excluded.dokter
            where (u.day, u.poli, u.dokter) is distinct from (excluded.day, excluded.poli, excluded.dokter)
            returning xmax = 0 as is_new
        ), polled as (
            update antrean.sites set last_poll_at = now(), last_poll_error = null where id = $1
        )
        select exists (select 1 from mended) or exists (select 1 from undated where is_new)
        """;

    /// <summary>Writes the differences.</summary>
    public async Task<StoredPoll> Run(PollDifference difference, KhanzaWindow window, IReadOnlyCollection<string> outside, CancellationToken ct)
    {
        await Execute(HoldSite, ct);
        var changed = difference.Changed.Select(c => c.Visit.VisitId).ToArray();
        string[] touched = [.. changed, .. difference.Missing, .. difference.Cancelled];
        var observed = new List<(string, string, bool)>();
        if (touched.Length > 0 || difference.Inbox.Count > 0 || difference.InboxKnown)
        {
            var tasks = TasksJson(difference);
            var withdrawal = await WithdrawCancelled.Run(tx, queue, site, difference, ct);
            await Execute(LockTasks, ct, Keys(touched));
            await Execute(LockVisits, ct, Keys(touched));
            await Execute(UpsertVisits, ct, VisitsJson(difference));
            observed = await Observed(tasks, ct);
            await Execute(RemoveMoments, ct, tasks, Keys(changed), Text(window.FirstVisit), Text(window.LastVisit));
            await Execute(MarkGone, ct, Keys(difference.Missing));
            await Execute(MarkCancelled, ct, Keys(difference.Cancelled));
            await withdrawal.Mark(ct);
        }
        await using var marked = Command(MarkPolled, ToJson(difference.Undated), Text(window.FirstVisit), Text(window.LastVisit), Keys([.. outside]));
        return new StoredPoll(observed, (bool)(await marked.ExecuteScalarAsync(ct))!);
    }

    private async Task<List<(string, string, bool)>> Observed(NpgsqlParameter tasks, CancellationToken ct)
    {
        await using var command = Command(UpsertTasks, tasks);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var observed = new List<(string, string, bool)>();
        while (await reader.ReadAsync(ct))
            observed.Add((reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
        return observed;
    }

    private async Task Execute(string sql, CancellationToken ct, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync(ct);
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection, tx);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.AddRange(Array.ConvertAll(parameters, p => p.Clone()));
        return command;
    }

    private static NpgsqlParameter VisitsJson(PollDifference difference) => ToJson(difference.Changed.Select(c => new
    {
        c.Visit.VisitId, c.Visit.Kind, c.Visit.Kodebooking, c.Visit.EventTime, c.Visit.ServiceDate, c.Visit.PoliId, c.Visit.DokterId,
        c.Visit.NewPatient, c.Visit.Payload, c.Visit.Patient, c.Visit.BlockedReasons, c.Visit.TextStripped, c.Visit.Cancelled,
        Hash = Convert.ToHexStringLower(c.Hash),
    }));

    private static NpgsqlParameter TasksJson(PollDifference difference) => ToJson(
    [
        .. difference.Changed.SelectMany(c => c.Visit.Tasks.Select(t => new { c.Visit.VisitId, t.Task, t.Waktu, t.Source, Inbox = false })),
        .. difference.Inbox.Select(t => new { t.VisitId, t.Task, t.Waktu, t.Source, Inbox = true }),
    ]);

    private static NpgsqlParameter ToJson<T>(IEnumerable<T> rows) =>
        new() { Value = JsonSerializer.Serialize(rows, Json), NpgsqlDbType = NpgsqlDbType.Json };

    private static NpgsqlParameter Keys(string[] values) => new() { Value = values };

    private static NpgsqlParameter Text(string value) => new() { Value = value };
}

/// <summary>What writing a poll found out.</summary>
/// <param name="Observed">Tasks seen for the first time, with whether their visit is missing.</param>
/// <param name="OthersUndated">Visits without a date are others than after the poll before.</param>
internal sealed record StoredPoll(List<(string VisitId, string Label, bool Inbox)> Observed, bool OthersUndated);
