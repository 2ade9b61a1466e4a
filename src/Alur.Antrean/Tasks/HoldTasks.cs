using Alur.Antrean.Sites;
using Npgsql;

namespace Alur.Antrean.Tasks;

/// <summary>Writes the verdict of every unsent task that has no delivery job: held with a reason, cancelled with a reason, or ready.</summary>
internal static class HoldTasks
{
    private const string Hold = TaskVerdicts.Sql + """
        , changed as materialized (
            select t.site_id, t.visit_id, t.task, d.held, d.cancelled, d.old_held, d.old_cancelled
            from verdicts d
            join antrean.tasks t on t.site_id = $1 and t.visit_id = d.visit_id and t.task = d.task
            where d.status = 'DRAFT' and d.queued_at is null
              and (d.held, d.cancelled) is distinct from (d.old_held, d.old_cancelled)
            order by t.site_id, t.visit_id, t.task
            for update of t
        ), written as (
            update antrean.tasks t
            set held_reason = c.held, cancelled_reason = c.cancelled
            from changed c
            where t.site_id = c.site_id and t.visit_id = c.visit_id and t.task = c.task
              and t.status = 'DRAFT' and t.queued_at is null
            returning t.site_id, t.visit_id, t.task, t.waktu, c.held, c.cancelled, c.old_cancelled
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task,
                   case when cancelled is not null then 'antrean.TASK_CANCELLED' when old_cancelled is not null then 'antrean.TASK_RESTORED'
                        when held is not null then 'antrean.TASK_HELD' else 'antrean.TASK_RELEASED' end,
                   waktu, coalesce(cancelled, held), null, 'system'
            from written
        )
        """ + TaskEntries.Append + " select count(*)::int from happened";

    /// <summary>Days before the poll's window that are still looked at: a requeue of an old visit must still move what follows.</summary>
    private const int DaysBeforeWindow = 7;

    /// <summary>Judges and writes.</summary>
    /// <returns>How many tasks changed their standing.</returns>
    public static async Task<int> Run(NpgsqlDataSource db, Site site, TimeProvider clock, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Hold);
        command.Parameters.AddRange(Parameters(site, clock));
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The parameters of <see cref="TaskVerdicts.Sql"/>.</summary>
    public static NpgsqlParameter[] Parameters(Site site, TimeProvider clock) =>
    [
        new() { Value = site.Id },
        new() { Value = clock.GetUtcNow().UtcDateTime },
        new() { Value = site.Today(clock).AddDays(-site.Options.LookBackDays - DaysBeforeWindow) },
    ];
}
