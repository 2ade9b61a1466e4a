using Alur.Antrean.Sites;
using Npgsql;

namespace Alur.Antrean.Tasks;

/// <summary>
/// A result whose effects on the task PostgreSQL refused leaves a failed job and a task that still waits for it. The task fails with what
/// the job says: shown on the work list, and sent again only when somebody asks for it or Khanza corrects it.
/// </summary>
internal static class FailUnsettled
{
    private const string Sql = $"""
        with unsettled as materialized (
            select t.site_id, t.visit_id, t.task, coalesce(j.last_error, 'unknown') as reason
            from antrean.tasks t
            join antrean.task_catalogue c on c.code = t.task
            join delivery.jobs j on j.channel = $2 and j.key = t.visit_id and j.step = c.step and j.state = 'FAILED'
            where t.site_id = $1 and t.status = 'DRAFT' and t.queued_at is not null
            order by t.site_id, t.visit_id, t.task
            for update of t
        ), written as (
            update antrean.tasks t
            set status = 'FAILED_BPJS', failed_reason = u.reason, queued_at = null
            from unsettled u
            where t.site_id = u.site_id and t.visit_id = u.visit_id and t.task = u.task and t.status = 'DRAFT' and t.queued_at is not null
            returning t.site_id, t.visit_id, t.task, t.waktu, t.failed_reason
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_FAILED', waktu, null, left(failed_reason, 500), 'system' from written
        ){TaskEntries.Append}
        select count(*)::int from happened
        """;

    /// <summary>Runs once for one site.</summary>
    /// <returns>How many tasks failed this way.</returns>
    public static async Task<int> Run(NpgsqlDataSource db, Site site, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = site.Channel });
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }
}
