using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The visits on the work list, one row per visit and cause, latest day first.</summary>
internal static class ListTroubles
{
    private const string ListName = "troubles";

    private const string Sql = Troubles.Sql + """
        select q.*
        from site
        left join lateral (
            select visit_id, day, cause, bool_or(read) as read, min(poli) as poli, min(dokter) as dokter, min(since) as since, min(said) as said,
                   coalesce(array_agg(distinct task order by task) filter (where task is not null), '{}') as tasks
            from troubles
            where (@poli_id is null or poli_id = @poli_id) and cause = any(@causes)
              and (@after_cause is null or (coalesce(day, '-infinity'), visit_id, cause) < (coalesce(@after_day, '-infinity'), @after_visit, @after_cause))
            group by visit_id, day, cause
            order by coalesce(day, '-infinity') desc, visit_id desc, cause desc
            limit @rows
        ) q on true
        order by coalesce(q.day, '-infinity') desc, q.visit_id desc, q.cause desc
        """;

    public static async Task<Result<Page<TroubledVisit>>> Run(string site, TroubleDays days, TroubleChoice choice, NpgsqlDataSource database, CancellationToken ct)
    {
        var after = Cursor.Read<Key>(choice.After, ListName);
        if (!after.Ok)
        {
            return after.Error;
        }

        var rows = await database.ReadSite(
            Sql,
            site,
            Read,
            [
                .. Troubles.Parameters(days),
                new NpgsqlParameter<string?>("poli_id", choice.PoliId),
                new NpgsqlParameter<string[]>("causes", [.. choice.Causes.Select(cause => cause.Code)]),
                new NpgsqlParameter<DateOnly?>("after_day", after.Value?.Day),
                new NpgsqlParameter<string?>("after_visit", after.Value?.VisitId),
                new NpgsqlParameter<string?>("after_cause", after.Value?.Cause),
                new NpgsqlParameter<int>("rows", Paging.DefaultLimit + 1),
            ],
            ct);
        return rows.Ok
            ? Paging.Cut(rows.Value, Paging.DefaultLimit, row => Cursor.After(ListName, new Key(row.Day, row.VisitId, row.Cause.Code)))
            : rows.Error;
    }

    private static TroubledVisit Read(NpgsqlDataReader row) => new(
        row.Get<string>("visit_id"),
        row.GetOrDefault<DateOnly?>("day"),
        Causes.Of(row.Get<string>("cause")),
        row.Get<bool>("read"),
        row.GetOrDefault<string>("poli"),
        row.GetOrDefault<string>("dokter"),
        row.Get<string[]>("tasks"),
        row.Get<DateTimeOffset>("since"),
        row.GetOrDefault<string>("said"));

    private sealed record Key(DateOnly? Day, string VisitId, string Cause);
}

/// <summary>Which of the troubles.</summary>
/// <param name="PoliId">Only of this clinic.</param>
/// <param name="Causes">Only these.</param>
/// <param name="After">Where the page before ended.</param>
internal sealed record TroubleChoice(string? PoliId, IReadOnlyList<Cause> Causes, string? After);

/// <summary>A visit that something stops.</summary>
/// <param name="VisitId">Khanza's no_rawat.</param>
/// <param name="Day">Day of service; null: none is known.</param>
/// <param name="Cause">What stops it.</param>
/// <param name="Read">The visit was read, so there is a page about it.</param>
/// <param name="Poli">Name of the clinic.</param>
/// <param name="Dokter">Name of the doctor.</param>
/// <param name="Tasks">The tasks that are stopped; none where only the visit was seen.</param>
/// <param name="Since">When the oldest of them was first seen in Khanza.</param>
/// <param name="Said">What BPJS or the network said, of a failed one.</param>
internal sealed record TroubledVisit(
    string VisitId, DateOnly? Day, Cause Cause, bool Read, string? Poli, string? Dokter, IReadOnlyList<string> Tasks, DateTimeOffset Since, string? Said);
