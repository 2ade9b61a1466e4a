using Npgsql;
using NpgsqlTypes;

namespace Alur.Antrean.Board;

/// <summary>Where every observed task stands; REGISTER is one of them. <c>Observed</c> is the sum of the five standings.</summary>
/// <param name="Visits">Visits known, those that are gone included.</param>
/// <param name="Blocked">Visits that cannot be registered and were not.</param>
/// <param name="Observed">Tasks seen at least once.</param>
/// <param name="Sent">BPJS has them.</param>
/// <param name="AlreadyThere">Of the sent ones: BPJS had them before our call.</param>
/// <param name="Held">Seen, with a reason not to send them now.</param>
/// <param name="Failed">Attempts used up or refused for good.</param>
/// <param name="Cancelled">The visit was cancelled or is gone, or the moment is.</param>
/// <param name="Pending">Ready, queued or in flight.</param>
/// <param name="Incomplete">Visits whose last task was sent while an earlier one was not; an invariant: 0.</param>
public sealed record TaskCounts(
    long Visits, long Blocked, long Observed, long Sent, long AlreadyThere, long Held, long Failed, long Cancelled, long Pending, long Incomplete);

/// <summary>Counts tasks by where they stand, in one statement, so that the figures belong to one moment.</summary>
internal static class CountTasks
{
    // Each task falls into exactly one of the five filters: the table's checks allow no other combination.
    private const string Sql = """
        with counted as (
            select count(*) as observed,
                   count(*) filter (where status = 'SENT_BPJS') as sent,
                   count(*) filter (where already_there) as already_there,
                   count(*) filter (where status = 'DRAFT' and held_reason is not null) as held,
                   count(*) filter (where status = 'FAILED_BPJS') as failed,
                   count(*) filter (where status = 'DRAFT' and cancelled_reason is not null) as cancelled,
                   count(*) filter (where status = 'DRAFT' and held_reason is null and cancelled_reason is null) as pending
            from antrean.tasks t
            where t.site_id = $1
              and ($2::date is null or exists (
                    select 1 from antrean.visits v where v.site_id = t.site_id and v.visit_id = t.visit_id and v.service_date = $2))
        ), seen as (
            select count(*) as visits,
                   count(*) filter (where cardinality(v.blocked_reasons) > 0 and r.status = 'DRAFT') as blocked
            from antrean.visits v
            left join antrean.tasks r on r.site_id = v.site_id and r.visit_id = v.visit_id and r.task = '1'
            where v.site_id = $1 and ($2::date is null or v.service_date = $2)
        ), broken as (
            select count(*) as incomplete
            from antrean.tasks t
            join antrean.visits v using (site_id, visit_id)
            where t.site_id = $1 and t.task = '5' and t.status = 'SENT_BPJS' and ($2::date is null or v.service_date = $2)
              and (select count(*) from antrean.tasks e
                   where e.site_id = t.site_id and e.visit_id = t.visit_id and e.task in ('1', '3', '4') and e.status = 'SENT_BPJS') < 3
        )
        select visits, blocked, observed, sent, already_there, held, failed, cancelled, pending, incomplete from counted, seen, broken
        """;

    /// <summary>Counts one site.</summary>
    /// <param name="db">The database.</param>
    /// <param name="siteId">The site's row.</param>
    /// <param name="day">Only visits of this service day; null: everything, tasks still waiting for their visit included.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<TaskCounts> Run(NpgsqlDataSource db, short siteId, DateOnly? day, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = siteId });
        command.Parameters.Add(new() { Value = day ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var i = 0;
        return new TaskCounts(
            reader.GetInt64(i++), reader.GetInt64(i++), reader.GetInt64(i++), reader.GetInt64(i++), reader.GetInt64(i++),
            reader.GetInt64(i++), reader.GetInt64(i++), reader.GetInt64(i++), reader.GetInt64(i++), reader.GetInt64(i));
    }
}
