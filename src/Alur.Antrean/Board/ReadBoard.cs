using System.Text.Json;
using Alur.Antrean.Tasks;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>What of a day is asked for; all that is given must hold.</summary>
/// <param name="Site">The hospital's code.</param>
/// <param name="Day">Day of service.</param>
/// <param name="PoliId">Khanza's kd_poli.</param>
/// <param name="DokterId">Khanza's kd_dokter.</param>
/// <param name="Standing">One of <see cref="Standings"/>.</param>
/// <param name="Visit">The end of a visit_id, as people say it to each other.</param>
/// <param name="After">Cursor.</param>
internal sealed record BoardQuery(string Site, DateOnly Day, string? PoliId, string? DokterId, string? Standing, string? Visit, string? After);

/// <summary>Where a visit stands as a whole, the first that holds.</summary>
internal static class Standings
{
    public const string Cancelled = "cancelled";
    public const string Excluded = "excluded";
    public const string Complete = "complete";
    public const string Trouble = "trouble";
    public const string Running = "running";

    /// <summary>It would be complete if the hospital sent.</summary>
    public const string Ready = "ready";

    public static readonly string[] All = [Trouble, Running, Ready, Complete, Cancelled, Excluded];
}

/// <summary>A task's cell on the board.</summary>
/// <param name="Task">Code of the task catalogue.</param>
/// <param name="State">sent, ready (but not sent, for the hospital only observes), held, failed, cancelled or pending.</param>
/// <param name="Waktu">Its moment; of a registration that has no readable time a stand-in.</param>
/// <param name="Reason">Why it is held, failed or cancelled.</param>
internal sealed record BoardCell(string Task, string State, DateTimeOffset Waktu, string? Reason);

/// <summary>One visit with its tasks; names as Khanza has them. Of a booking the time is that of the practice.</summary>
internal sealed record BoardRow(
    string VisitId, DateTimeOffset? EventTime, bool IsBooked, string Poli, string Dokter, string Standing, IReadOnlyList<string> Blocked, IReadOnlyList<BoardCell> Cells);

/// <summary>How many of something there are.</summary>
internal sealed record BoardCount(string Code, string Name, long Visits);

/// <summary>A day's visits, each in one row with all its tasks, in the order in which they were registered; and how many stand where.</summary>
internal static class ReadBoard
{
    private const string ListName = "board";
    private const int Rows = 100;

    // A visit is complete when 3, 4 and 5 are at BPJS, as BPJS reckons it; what nobody can or need mend is no trouble.
    private const string DaySql = """
        with clinics as (
            select c.poli_id, max(c.name) as name
            from antrean.reference_lists l, jsonb_to_recordset(l.rows) as c(poli_id text, name text)
            where l.kind = 'KHANZA_CLINICS' and l.site_id = (select id from antrean.sites where code = @site) group by c.poli_id
        ), doctors as (
            select d.dokter_id, max(d.name) as name
            from antrean.reference_lists l, jsonb_to_recordset(l.rows) as d(dokter_id text, name text)
            where l.kind = 'KHANZA_DOCTORS' and l.site_id = (select id from antrean.sites where code = @site) group by d.dokter_id
        ), day as materialized (
            select v.visit_id, v.event_time, v.kind = 'MOBILE_JKN' as booked, v.poli_id, v.dokter_id, coalesce(c.name, v.payload ->> 'namapoli', v.poli_id) as poli,
                   coalesce(d.name, v.payload ->> 'namadokter', v.dokter_id) as dokter, v.blocked_reasons,
                   case when v.cancelled_reason is not null then 'cancelled'
                        when 'CLINIC_EXCLUDED' = any(v.blocked_reasons) then 'excluded'
                        when t.done = 3 then 'complete'
                        when t.trouble or (cardinality(v.blocked_reasons) > 0 and not t.registered) then 'trouble'
                        when t.ready = 3 then 'ready'
                        else 'running' end as standing
            from antrean.sites s
            join antrean.visits v on v.site_id = s.id and v.service_date = @day
            left join clinics c on c.poli_id = v.poli_id
            left join doctors d on d.dokter_id = v.dokter_id
            cross join lateral (
                select count(*) filter (where t.task in ('3', '4', '5') and t.status = 'SENT_BPJS') as done,
                       count(*) filter (where t.task in ('3', '4', '5') and (t.status = 'SENT_BPJS' or t.held_reason = 'OBSERVE_MODE')) as ready,
                       coalesce(bool_or(t.status = 'FAILED_BPJS' or t.held_reason = any(@mendable)), false) as trouble,
                       coalesce(bool_or(t.task = '1' and t.status = 'SENT_BPJS'), false) as registered
                from antrean.tasks t where t.site_id = v.site_id and t.visit_id = v.visit_id offset 0
            ) t
            where s.code = @site
        )
        """;

    private const string RowsSql = DaySql + """

        select q.*, t.cells
        from antrean.sites s
        left join lateral (
            select * from day
            where (@poli_id is null or poli_id = @poli_id) and (@dokter_id is null or dokter_id = @dokter_id)
              and (@standing is null or standing = @standing) and (@visit is null or right(visit_id, length(@visit)) = @visit)
              and (@after is null or (coalesce(event_time, '-infinity'), visit_id) > (coalesce(@after_time, '-infinity'), @after))
            order by coalesce(event_time, '-infinity'), visit_id
            limit @rows
        ) q on true
        left join lateral (
            select jsonb_agg(jsonb_build_object('task', t.task, 'waktu', t.waktu, 'reason', coalesce(t.held_reason, t.cancelled_reason, t.failed_reason), 'state',
                       case when t.status = 'SENT_BPJS' then 'sent' when t.status = 'FAILED_BPJS' then 'failed'
                            when t.held_reason = 'OBSERVE_MODE' then 'ready' when t.held_reason is not null then 'held' when t.cancelled_reason is not null then 'cancelled' else 'pending' end)) as cells
            from antrean.tasks t where t.site_id = s.id and t.visit_id = q.visit_id
        ) t on true
        where s.code = @site
        order by coalesce(q.event_time, '-infinity'), q.visit_id
        """;

    private const string CountsSql = DaySql + """

        select what, code, min(name) as name, count(*) as visits
        from day cross join lateral (values ('standing', standing, standing), ('poli', poli_id, poli), ('dokter', dokter_id, dokter)) as f(what, code, name)
        group by what, code
        order by what, min(name)
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // Settings hold the others on purpose, or they pass by themselves.
    private static readonly string[] Mendable = [.. HeldReasons.All.Where(r => !r.Mender.StartsWith("nobody", StringComparison.Ordinal) && r.Code is not ("OBSERVE_MODE" or "CLINIC_EXCLUDED")).Select(r => r.Code)];

    /// <summary>One page of the day. Refused: <c>SITE_NOT_FOUND</c>, <c>INVALID_CURSOR</c>.</summary>
    public static async Task<Result<Page<BoardRow>>> Page(BoardQuery query, NpgsqlDataSource database, CancellationToken ct)
    {
        var after = Cursor.Read<Key>(query.After, ListName);
        if (!after.Ok)
        {
            return after.Error;
        }

        NpgsqlParameter[] parameters =
        [
            .. OfDay(query),
            new NpgsqlParameter<string?>("poli_id", query.PoliId),
            new NpgsqlParameter<string?>("dokter_id", query.DokterId),
            new NpgsqlParameter<string?>("standing", query.Standing),
            new NpgsqlParameter<string?>("visit", query.Visit),
            new NpgsqlParameter<DateTimeOffset?>("after_time", after.Value?.EventTime),
            new NpgsqlParameter<string?>("after", after.Value?.VisitId),
            new NpgsqlParameter<int>("rows", Rows + 1),
        ];
        var rows = await database.ReadSite(RowsSql, query.Site, Read, parameters, ct);
        return rows.Ok ? Paging.Cut(rows.Value, Rows, row => Cursor.After(ListName, new Key(row.EventTime, row.VisitId))) : rows.Error;
    }

    /// <summary>How many of the whole day stand where, by clinic and by doctor.</summary>
    public static async Task<ILookup<string, BoardCount>> Counts(BoardQuery query, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(CountsSql);
        command.Parameters.Add(new NpgsqlParameter<string>("site", query.Site));
        command.Parameters.AddRange(OfDay(query));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var counts = new List<(string What, BoardCount Count)>();
        while (await reader.ReadAsync(ct))
        {
            counts.Add((reader.Get<string>("what"), new BoardCount(reader.Get<string>("code"), reader.Get<string>("name"), reader.Get<long>("visits"))));
        }

        return counts.ToLookup(count => count.What, count => count.Count, StringComparer.Ordinal);
    }

    private static NpgsqlParameter[] OfDay(BoardQuery query) => [new NpgsqlParameter<DateOnly>("day", query.Day), new NpgsqlParameter<string[]>("mendable", Mendable)];

    private static BoardRow Read(NpgsqlDataReader row) => new(
        row.Get<string>("visit_id"),
        row.GetOrDefault<DateTimeOffset?>("event_time"),
        row.Get<bool>("booked"),
        row.Get<string>("poli"),
        row.Get<string>("dokter"),
        row.Get<string>("standing"),
        row.Get<string[]>("blocked_reasons"),
        row.GetOrDefault<string>("cells") is { } cells ? JsonSerializer.Deserialize<BoardCell[]>(cells, Json)! : []);

    private sealed record Key(DateTimeOffset? EventTime, string VisitId);
}
