using Alur.Antrean.Board;
using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Antrean.Tasks;

/// <summary>
/// Brings the delivery queue in line with the tasks: reopens registrations that BPJS lost, fails tasks whose result could not be stored, judges tasks, takes back jobs whose task may no
/// longer be sent, makes jobs of ready tasks and refreshes the payload of jobs whose task was corrected. Several transactions, each right by
/// itself; every one takes its locks in the order site, lanes, jobs, tasks, as settling does.
/// </summary>
internal sealed class BuildQueue(
    NpgsqlDataSource db, SiteDirectory sites, DeliveryQueue queue, ReopenRegistrations reopen, TimeProvider clock, AntreanMetrics metrics,
    ILogger<BuildQueue> log)
{
    private const int Batch = 2000;

    /// <summary>What one run did.</summary>
    public sealed record BuildResult(int Judged, int Withdrawn, int Queued);

    /// <summary>While jobs are made the site's settings stay as they were judged by; polls and registrations go on.</summary>
    internal const string HoldSettings = "select 1 from antrean.sites where id = $1 for key share";

    private const string Unsendable = TaskVerdicts.Sql + """
        select visit_id, step from verdicts
        where (status = 'DRAFT' and queued_at is not null and (held is not null or cancelled is not null))
           or (status = 'FAILED_BPJS' and cancelled is not null)
        order by visit_id, step
        """;

    // Judged once more under the task's lock: only what is still not sent goes back.
    private const string MarkWithdrawn = TaskVerdicts.Sql + """
        , taken as materialized (
            select t.site_id, t.visit_id, t.task, d.held, d.cancelled
            from unnest($4::text[], $5::int[]) as w(visit_id, step)
            join verdicts d on d.visit_id = w.visit_id and d.step = w.step
            join antrean.tasks t on t.site_id = $1 and t.visit_id = d.visit_id and t.task = d.task
            where t.status <> 'SENT_BPJS'
            order by t.site_id, t.visit_id, t.task
            for update of t
        ), written as (
            update antrean.tasks t
            set status = 'DRAFT', failed_reason = null, queued_at = null, held_reason = k.held, cancelled_reason = k.cancelled
            from taken k
            where t.site_id = k.site_id and t.visit_id = k.visit_id and t.task = k.task and t.status <> 'SENT_BPJS'
            returning t.site_id, t.visit_id, t.task, t.waktu, coalesce(k.cancelled, k.held) as reason
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_WITHDRAWN', waktu, reason, null, 'system' from written
        )
        """ + TaskEntries.Append + " select 1";

    private const string Ready = TaskVerdicts.Sql + """
        , wanted as (
            select d.visit_id, d.step, d.queued_at, t.task,
                   jsonb_build_object(
                       'endpoint', c.endpoint,
                       'task', t.task,
                       'body', case c.endpoint
                           when 'antrean/add' then v.payload || v.patient || jsonb_build_object('kodebooking', v.kodebooking)
                           when 'antrean/batal' then jsonb_build_object('kodebooking', v.kodebooking, 'keterangan', 'Batal di rumah sakit')
                           else jsonb_build_object('kodebooking', v.kodebooking, 'taskid', c.bpjs_taskid,
                                                   'waktu', (extract(epoch from t.waktu) * 1000)::bigint)
                       end,
                       'waktu', to_char(t.waktu at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) as payload
            from verdicts d
            join antrean.tasks t on t.site_id = $1 and t.visit_id = d.visit_id and t.task = d.task
            join antrean.task_catalogue c on c.code = d.task
            join antrean.visits v on v.site_id = $1 and v.visit_id = d.visit_id
            where d.status = 'DRAFT' and d.held is null and d.cancelled is null
        )
        select w.visit_id, w.step, w.payload::text, w.task
        from wanted w
        left join delivery.jobs j on j.channel = $4 and j.key = w.visit_id and j.step = w.step
        where j.id is null
           or j.state = 'CANCELLED'
           or (j.state = 'FAILED' and w.queued_at is null) -- else its result could not be stored just now: FailUnsettled is next
           or (j.state = 'PENDING' and (w.queued_at is null or j.payload <> w.payload))
        order by w.visit_id, w.step
        limit $5
        """;

    private const string MarkQueued = $"""
        with queued as materialized (
            select t.site_id, t.visit_id, t.task, t.queued_at is null as is_new
            from unnest($2::text[], $3::text[], $4::int[]) as q(visit_id, task, step)
            join delivery.jobs j on j.channel = $5 and j.key = q.visit_id and j.step = q.step and j.state = 'PENDING'
            join antrean.tasks t on t.site_id = $1 and t.visit_id = q.visit_id and t.task = q.task
            where t.status <> 'SENT_BPJS'
            order by t.site_id, t.visit_id, t.task
            for update of t
        ), written as (
            update antrean.tasks t
            set status = 'DRAFT', failed_reason = null, queued_at = now(), held_reason = null, cancelled_reason = null
            from queued q
            where t.site_id = q.site_id and t.visit_id = q.visit_id and t.task = q.task and t.status <> 'SENT_BPJS'
            returning t.site_id, t.visit_id, t.task, t.waktu, q.is_new
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_QUEUED', waktu, null, null, 'system' from written where is_new
        ){TaskEntries.Append}
        select visit_id, task from written where is_new order by visit_id, task
        """;

    /// <summary>Runs once for one site. Safe to run at the same time as polls, settling and itself.</summary>
    public async Task<BuildResult> RunOnce(string siteCode, CancellationToken ct)
    {
        var site = sites.Find(siteCode) ?? throw new ArgumentException($"There is no site '{siteCode}'.", nameof(siteCode));
        foreach (var visitId in await reopen.Run(site, ct))
            log.Reopened(visitId);
        if (await FailUnsettled.Run(db, site, ct) is > 0 and var unsettled)
            log.Unsettled(site.Code, unsettled);
        await ReopenCorrected.Run(db, site, ct);
        var judged = await HoldTasks.Run(db, site, clock, ct);
        var withdrawn = await Withdraw(site, ct);
        if (withdrawn > 0)
            judged += await HoldTasks.Run(db, site, clock, ct);
        var queued = 0;
        for (var some = Batch; some == Batch; queued += some)
            some = await Enqueue(site, ct);
        if (queued > 0)
            queue.Wake(site.Channel);
        metrics.Queued(site.Code, queued);
        metrics.Stand(site.Code, (await CountTasks.Run(db, site.Code, site.Today(clock), ct)).Value);
        return new BuildResult(judged, withdrawn, queued);
    }

    /// <summary>
    /// Takes back what may no longer be sent. Run before a start lets anything out: settings may have changed since the jobs were made.
    /// </summary>
    /// <returns>How many jobs were taken back.</returns>
    public async Task<int> Withdraw(Site site, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var withdrawn = await Withdraw(tx, site, ct);
        await tx.CommitAsync(ct);
        return withdrawn;
    }

    /// <summary>The same in the caller's transaction, by what that has changed of the site.</summary>
    public async Task<int> Withdraw(NpgsqlTransaction tx, Site site, CancellationToken ct)
    {
        var places = new List<(string Key, int Step)>();
        await using (var read = Command(Unsendable, tx, HoldTasks.Parameters(site, clock)))
        await using (var reader = await read.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                places.Add((reader.GetString(0), reader.GetInt32(1)));
        }
        if (places.Count == 0)
            return 0;
        var withdrawn = await queue.Withdraw(tx, site.Channel, places, ct);
        await using var mark = Command(MarkWithdrawn, tx,
        [
            .. HoldTasks.Parameters(site, clock),
            new() { Value = withdrawn.Select(p => p.Key).ToArray() },
            new() { Value = withdrawn.Select(p => p.Step).ToArray() },
        ]);
        await mark.ExecuteNonQueryAsync(ct);
        return withdrawn.Count;
    }

    private async Task<int> Enqueue(Site site, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await using (var hold = Command(HoldSettings, tx, [new() { Value = site.Id }]))
            await hold.ExecuteNonQueryAsync(ct);
        var ready = new List<(NewDelivery Delivery, string Task)>();
        await using (var read = Command(Ready, tx, [.. HoldTasks.Parameters(site, clock), new() { Value = site.Channel }, new() { Value = Batch }]))
        await using (var reader = await read.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                ready.Add((new NewDelivery(reader.GetString(0), reader.GetInt32(1), reader.GetString(2)), reader.GetString(3)));
        }
        if (ready.Count == 0)
            return 0;
        await queue.Enqueue(tx, site.Channel, [.. ready.Select(r => r.Delivery)], ct);
        var queued = await MarkAsQueued(site, tx, ready, ct);
        await tx.CommitAsync(ct);
        foreach (var (visitId, task) in queued)
            log.Queued(visitId, task);
        return ready.Count;
    }

    private static async Task<List<(string VisitId, string Task)>> MarkAsQueued(
        Site site, NpgsqlTransaction tx, List<(NewDelivery Delivery, string Task)> ready, CancellationToken ct)
    {
        await using var mark = Command(MarkQueued, tx,
        [
            new() { Value = site.Id },
            new() { Value = ready.Select(r => r.Delivery.Key).ToArray() },
            new() { Value = ready.Select(r => r.Task).ToArray() },
            new() { Value = ready.Select(r => r.Delivery.Step).ToArray() },
            new() { Value = site.Channel },
        ]);
        await using var reader = await mark.ExecuteReaderAsync(ct);
        var queued = new List<(string, string)>();
        while (await reader.ReadAsync(ct))
            queued.Add((reader.GetString(0), reader.GetString(1)));
        return queued;
    }

    private static NpgsqlCommand Command(string sql, NpgsqlTransaction tx, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, tx.Connection, tx);
        command.Parameters.AddRange(parameters);
        return command;
    }
}
