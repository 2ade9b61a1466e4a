using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Visits of which nothing goes out any more, because a delivery failed and what follows must not overtake it; longest parked first.</summary>
internal static class ListParked
{
    private const string ListName = "parked";

    // A failed job has a fingerprint, and a lane has at most one: the few rows of that index lead to the lanes.
    private const string Sql = """
        select q.*
        from antrean.sites s
        left join lateral (
            select b.id, b.visit_id, b.task_id, b.last_code, b.last_error, b.finished_at,
                   (select count(*) from delivery.jobs w where w.channel = l.channel and w.key = l.key and w.state = 'PENDING') as waiting
            from antrean.bpjs_antrean_queue b
            join delivery.lanes l on l.channel = 'bpjs:' || s.code and l.key = b.visit_id and l.state = 'PARKED'
            where b.site_id = s.id and b.state = 'FAILED' and b.fingerprint is not null
              and (@visit_id is null or b.visit_id = @visit_id)
              and (@task_id is null or b.task_id = @task_id)
              and (@fingerprint is null or b.fingerprint = @fingerprint)
              and (@after_at is null or (b.finished_at, b.id) > (@after_at, @after_id))
            order by b.finished_at, b.id
            limit @rows
        ) q on true
        where s.code = @site
        order by q.finished_at, q.id
        """;

    public static async Task<Result<Page<ParkedVisit>>> Run(DeliveryFilter filter, string site, NpgsqlDataSource database, CancellationToken ct)
    {
        var after = Cursor.Read<Key>(filter.After, ListName);
        if (!after.Ok)
        {
            return after.Error;
        }

        var rows = await database.ReadSite(
            Sql,
            site,
            Read,
            [
                new NpgsqlParameter<string?>("visit_id", filter.VisitId),
                new NpgsqlParameter<string?>("task_id", filter.TaskId),
                new NpgsqlParameter<string?>("fingerprint", filter.Fingerprint),
                new NpgsqlParameter<DateTimeOffset?>("after_at", after.Value?.FailedAt),
                new NpgsqlParameter<long?>("after_id", after.Value?.Id),
                new NpgsqlParameter<int>("rows", Paging.DefaultLimit + 1),
            ],
            ct);
        return rows.Ok ? Paging.Cut(rows.Value, Paging.DefaultLimit, row => Cursor.After(ListName, new Key(row.FailedAt, row.Id))) : rows.Error;
    }

    private static ParkedVisit Read(NpgsqlDataReader row) => new(
        row.Get<long>("id"),
        row.Get<string>("visit_id"),
        row.Get<string>("task_id"),
        row.GetOrDefault<string>("last_code"),
        row.GetOrDefault<string>("last_error"),
        row.Get<DateTimeOffset>("finished_at"),
        row.Get<long>("waiting"));

    private sealed record Key(DateTimeOffset FailedAt, long Id);
}

/// <summary>A visit that waits for somebody.</summary>
/// <param name="Id">The queue row that failed.</param>
/// <param name="VisitId">Khanza's no_rawat.</param>
/// <param name="TaskId">The task that failed.</param>
/// <param name="Code">BPJS's code in the last answer.</param>
/// <param name="Error">What went wrong last.</param>
/// <param name="FailedAt">Since then.</param>
/// <param name="Waiting">Queue rows of the visit that wait behind it.</param>
internal sealed record ParkedVisit(long Id, string VisitId, string TaskId, string? Code, string? Error, DateTimeOffset FailedAt, long Waiting);
