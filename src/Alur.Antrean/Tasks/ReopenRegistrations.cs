using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Antrean.Tasks;

/// <summary>
/// BPJS does not know a booking that it had accepted ("tidak ditemukan" for a task): the visit's REGISTER is reopened, once. Everything of
/// the visit that was sent is unsent again, since it hung on the booking, and waits for REGISTER; the refused task waits with it instead of
/// staying failed. The second time the task stays failed with what BPJS said. A day that is over is not reopened: BPJS takes no bookings for it.
/// </summary>
internal sealed class ReopenRegistrations(NpgsqlDataSource db, DeliveryQueue queue, TimeProvider clock)
{
    private const string LostSql = """
        select distinct t.visit_id
        from antrean.tasks t
        join antrean.sites s on s.id = t.site_id and s.mode = 'send'
        join antrean.task_catalogue c on c.code = t.task and c.endpoint = 'antrean/updatewaktu'
        join antrean.visits v on v.site_id = t.site_id and v.visit_id = t.visit_id and v.cancelled_reason is null and v.service_date >= $2
        join antrean.tasks r on r.site_id = t.site_id and r.visit_id = t.visit_id and r.task = '1' and r.status = 'SENT_BPJS' and r.reopened_at is null
        where t.site_id = $1 and t.status = 'FAILED_BPJS' and starts_with(t.failed_reason, 'BOOKING_UNKNOWN')
        """;

    private const string Lost = LostSql + " order by t.visit_id";

    // Judged once more under the lanes' locks.
    private const string MarkReopened = $"""
        with lost as materialized ({LostSql} and t.visit_id = any($3)
        ), taken as materialized (
            select t.site_id, t.visit_id, t.task, t.status, t.failed_reason
            from antrean.tasks t
            where t.site_id = $1 and t.visit_id in (select visit_id from lost) and (t.status <> 'DRAFT' or t.queued_at is not null)
            order by t.site_id, t.visit_id, t.task
            for update
        ), written as (
            update antrean.tasks t
            set status = 'DRAFT', waktu = coalesce(t.waktu_khanza, t.waktu), already_there = false, sent_at = null, failed_reason = null,
                queued_at = null, cancelled_reason = null, held_reason = case when t.task <> '1' then 'REGISTER_NOT_SENT' end,
                reopened_at = case when t.task = '1' then now() end
            from taken k
            where t.site_id = k.site_id and t.visit_id = k.visit_id and t.task = k.task
            returning t.site_id, t.visit_id, t.task, t.waktu, k.status as was
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select w.site_id, w.visit_id, w.task,
                   case w.was when 'SENT_BPJS' then 'antrean.TASK_REOPENED' when 'FAILED_BPJS' then 'antrean.TASK_HELD' else 'antrean.TASK_WITHDRAWN' end, w.waktu,
                   case when w.was <> 'SENT_BPJS' then 'REGISTER_NOT_SENT' end,
                   case when w.was = 'SENT_BPJS'
                       then (select left(min(k.failed_reason), 500) from taken k where k.visit_id = w.visit_id and k.failed_reason is not null) end,
                   'system'
            from written w
        ){TaskEntries.Append}
        select visit_id from written where task = '1' order by visit_id
        """;

    /// <summary>Runs once for one site.</summary>
    /// <returns>The visits that are to be registered again; empty also when something moved meanwhile, which the next run looks at.</returns>
    public async Task<IReadOnlyList<string>> Run(Site site, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var lost = await Visits(tx, Lost, site, [], ct);
        var free = await queue.Reopen(tx, site.Channel, lost, ct);
        if (free.Count == 0)
            return [];
        var reopened = await Visits(tx, MarkReopened, site, [new() { Value = free.ToArray() }], ct);
        if (reopened.Count != free.Count)
            return []; // rolled back: a lane may not be taken back without its visit
        await tx.CommitAsync(ct);
        return reopened;
    }

    private async Task<List<string>> Visits(NpgsqlTransaction tx, string sql, Site site, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, tx.Connection, tx);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = site.Today(clock) });
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var visits = new List<string>();
        while (await reader.ReadAsync(ct))
            visits.Add(reader.GetString(0));
        return visits;
    }
}
