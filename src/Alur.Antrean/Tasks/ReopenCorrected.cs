using Alur.Antrean.Sites;
using Npgsql;

namespace Alur.Antrean.Tasks;

/// <summary>
/// A registration that BPJS refused while a poll was just storing its correction: the settle cannot see what the poll has not committed, and
/// the poll saw no failure to reopen. What failed is no longer what the visit says, so the task is a draft again, as with any correction.
/// </summary>
internal static class ReopenCorrected
{
    private const string Sql = $"""
        with corrected as materialized (
            select t.site_id, t.visit_id, t.task
            from antrean.tasks t
            join antrean.task_catalogue c on c.code = t.task
            join delivery.jobs j on j.channel = $2 and j.key = t.visit_id and j.step = c.step and j.state = 'FAILED'
            join antrean.visits v on v.site_id = t.site_id and v.visit_id = t.visit_id
            where t.site_id = $1 and t.task = '1' and t.status = 'FAILED_BPJS'
              and v.payload || v.patient || jsonb_build_object('kodebooking', v.kodebooking) <> j.payload -> 'body'
            order by t.site_id, t.visit_id
            for update of t
        ), written as (
            update antrean.tasks t set status = 'DRAFT', failed_reason = null
            from corrected k
            where t.site_id = k.site_id and t.visit_id = k.visit_id and t.task = k.task and t.status = 'FAILED_BPJS'
            returning t.site_id, t.visit_id, t.task, t.waktu
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_REOPENED', waktu, 'corrected in Khanza meanwhile', null, 'system' from written
        ){TaskEntries.Append} select 1
        """;

    /// <summary>Runs once for one site.</summary>
    public static async Task Run(NpgsqlDataSource db, Site site, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = site.Channel });
        await command.ExecuteNonQueryAsync(ct);
    }
}
