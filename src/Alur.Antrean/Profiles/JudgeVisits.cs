using System.Text.Json;
using System.Text.RegularExpressions;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Antrean.Profiles;

/// <summary>
/// Asks the very statement that holds tasks what it would do with visits that are not ours: over temporary tables of the same shape, in a
/// transaction that is rolled back. Nothing that is stored is read or changed but the catalogue of tasks.
/// </summary>
internal sealed partial class JudgeVisits(NpgsqlDataSource db, Site site, DateTimeOffset now)
{
    private const int Chunk = 2_000;

    private const string Clear = "truncate pg_temp.visits, pg_temp.tasks";

    private const string AddSite = "insert into pg_temp.sites (id, code, name, zone, mode, onsite_jkn) values (1, $1, $1, $2, 'observe', $3)";

    private const string AddVisits = """
        insert into pg_temp.visits (id, site_id, visit_id, kind, event_time, service_date, new_patient, blocked_reasons)
        select x.id, 1, x.id::text, x.kind, x.event_time, x.service_date, x.new_patient, x.blocked_reasons
        from json_to_recordset($1) as x(
            id int, kind text, event_time timestamptz, service_date date, new_patient boolean, blocked_reasons text[])
        """;

    private const string AddTasks = """
        insert into pg_temp.tasks (site_id, visit_id, task, status, waktu, waktu_khanza, source, already_there)
        select 1, x.id::text, x.task, 'DRAFT', x.waktu, x.waktu, x.source, false
        from json_to_recordset($1) as x(id int, task text, waktu timestamptz, source text)
        """;

    private static readonly string Judge = $"{TaskVerdicts.Sql} select visit_id::int, task, held from verdicts".Replace("antrean.", "pg_temp.", StringComparison.Ordinal);

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>What would stop each of these visits first; null: nothing, registration and all tasks could be sent.</summary>
    public async Task<List<Obstacle?>> Run(IReadOnlyList<(VisitRead Visit, IReadOnlyList<ObservedTask> Tasks)> visits, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        foreach (var table in TableName().Matches(TaskVerdicts.Sql).Select(m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal))
            await Execute(connection, CopyOf(table), ct);
        await Execute(connection, AddSite, ct, new() { Value = site.Code }, new() { Value = site.Options.Zone }, new() { Value = site.Options.OnSiteJkn });
        var obstacles = new List<Obstacle?>(visits.Count);
        foreach (var chunk in visits.Chunk(Chunk))
        {
            await Execute(connection, Clear, ct);
            await Execute(connection, AddVisits, ct, ToJson(chunk.Select((v, id) => new
            {
                id, v.Visit.Kind, v.Visit.EventTime, v.Visit.ServiceDate, v.Visit.NewPatient, v.Visit.BlockedReasons,
            })));
            await Execute(connection, AddTasks, ct, ToJson(chunk.SelectMany((v, id) => v.Tasks.Select(t => new { id, t.Task, t.Waktu, t.Source }))));
            obstacles.AddRange(await Obstacles(connection, chunk, ct));
        }
        await tx.RollbackAsync(ct);
        return obstacles;
    }

    private async Task<IEnumerable<Obstacle?>> Obstacles(
        NpgsqlConnection connection, (VisitRead Visit, IReadOnlyList<ObservedTask> Tasks)[] visits, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Judge, connection);
        command.Parameters.Add(new() { Value = (short)1 });
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = visits.Min(v => v.Visit.ServiceDate) });
        var held = new Dictionary<(int Visit, string Task), string>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            held[(reader.GetInt32(0), reader.GetString(1))] = reader.IsDBNull(2) ? "" : reader.GetString(2);
        return visits.Select((_, id) => First(id, held));
    }

    // In observe mode a task that could be sent is held for that alone.
    private static Obstacle? First(int visit, Dictionary<(int Visit, string Task), string> held) =>
        (from task in (string[])["1", .. SourceCandidates.Tasks]
         let reason = held.GetValueOrDefault((visit, task), Obstacle.NotObserved)
         where reason != "OBSERVE_MODE"
         select new Obstacle(task, reason, 1)).FirstOrDefault();

    private static string CopyOf(string table) =>
        $"create temporary table {table} on commit drop as select * from antrean.{table} with {(table == "task_catalogue" ? "" : "no ")}data";

    private static NpgsqlParameter ToJson<T>(IEnumerable<T> rows) =>
        new() { Value = JsonSerializer.Serialize(rows, Json), NpgsqlDbType = NpgsqlDbType.Json };

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(ct);
    }

    [GeneratedRegex(@"antrean\.(?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TableName();
}
