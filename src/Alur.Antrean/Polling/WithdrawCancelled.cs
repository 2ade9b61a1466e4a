using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Antrean.Polling;

/// <summary>
/// What a poll learns of cancelled and deleted visits takes their waiting jobs back in the poll's own transaction: once the cancellation is
/// committed, no worker can begin to send them. Lanes and jobs are locked before tasks and visits, so it comes in two parts.
/// </summary>
internal sealed class WithdrawCancelled
{
    private const string Unsent = """
        select t.visit_id, c.step
        from antrean.tasks t
        join antrean.task_catalogue c on c.code = t.task
        where t.site_id = $1 and t.visit_id = any($2) and t.status <> 'SENT_BPJS'
        order by t.visit_id, c.step
        """;

    // The tasks are locked by the poll already.
    private const string MarkWithdrawn = $"""
        with written as (
            update antrean.tasks t
            set status = 'DRAFT', failed_reason = null, queued_at = null, held_reason = null, cancelled_reason = v.cancelled_reason
            from unnest($2::text[], $3::int[]) as w(visit_id, step)
            join antrean.task_catalogue c on c.step = w.step
            join antrean.visits v on v.site_id = $1 and v.visit_id = w.visit_id and v.cancelled_reason is not null
            where t.site_id = $1 and t.visit_id = w.visit_id and t.task = c.code and t.status <> 'SENT_BPJS'
            returning t.site_id, t.visit_id, t.task, t.waktu, t.cancelled_reason
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_WITHDRAWN', waktu, cancelled_reason, null, 'system' from written
        ){TaskEntries.Append} select 1
        """;

    private readonly NpgsqlTransaction _tx;
    private readonly Site _site;
    private readonly IReadOnlyList<(string VisitId, int Step)> _withdrawn;

    private WithdrawCancelled(NpgsqlTransaction tx, Site site, IReadOnlyList<(string VisitId, int Step)> withdrawn) =>
        (_tx, _site, _withdrawn) = (tx, site, withdrawn);

    /// <summary>Takes the jobs back; a job that is being sent stays. <see cref="Mark"/> follows once the visits are written.</summary>
    public static async Task<WithdrawCancelled> Run(
        NpgsqlTransaction tx, DeliveryQueue queue, Site site, PollDifference difference, CancellationToken ct)
    {
        string[] visits = [.. difference.Missing, .. difference.Cancelled, .. difference.Changed.Where(c => c.Visit.Cancelled).Select(c => c.Visit.VisitId)];
        var places = visits.Length == 0 ? [] : await Places(tx, site, visits, ct);
        return new(tx, site, await queue.Withdraw(tx, site.Channel, places, ct));
    }

    /// <summary>Lets the tasks follow their jobs.</summary>
    public async Task Mark(CancellationToken ct)
    {
        if (_withdrawn.Count == 0)
            return;
        await using var command = new NpgsqlCommand(MarkWithdrawn, _tx.Connection, _tx);
        command.Parameters.Add(new() { Value = _site.Id });
        command.Parameters.Add(new() { Value = _withdrawn.Select(p => p.VisitId).ToArray() });
        command.Parameters.Add(new() { Value = _withdrawn.Select(p => p.Step).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<(string Key, int Step)>> Places(NpgsqlTransaction tx, Site site, string[] visits, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Unsent, tx.Connection, tx);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = visits });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var places = new List<(string, int)>();
        while (await reader.ReadAsync(ct))
            places.Add((reader.GetString(0), reader.GetInt32(1)));
        return places;
    }
}
