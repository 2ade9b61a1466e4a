using System.Reflection;
using System.Text.Json.Nodes;
using Alur.Antrean.Board;
using Alur.Antrean.Tasks;
using Alur.Testing;
using Npgsql;

namespace Alur.Antrean.Tests.Board;

/// <summary>A hospital with a past: no page may cost more because there are many days behind it.</summary>
public sealed class ListPlansTests(ListPlansTests.Archive archive) : IClassFixture<ListPlansTests.Archive>
{
    /// <summary>Rows that any step of a plan may touch for a page of 50.</summary>
    private const long MostRows = 3_000;

    public static TheoryData<string, string, string> Requests => new()
    {
        { "ListVisits", "Sql", "" },
        { "ListVisits", "Sql", "date" },
        { "ListVisits", "Sql", "date status" },
        { "ListVisits", "Sql", "after_date after_visit" },
        { "GetVisit", "Sql", "visit_id" },
        { "GetVisitHistory", "Sql", "visit_id" },
        { "ListTasks", "Sql", "" },
        { "ListTasks", "Sql", "status:FAILED_BPJS" },
        { "ListTasks", "Sql", "visit_id" },
        { "ListTasks", "Sql", "after_visit after_task" },
        { "ListTasks", "DaySql", "date" },
        { "ListTasks", "DaySql", "date status held" },
        { "ListQueue", "Sql", "" },
        { "ListQueue", "Sql", "state:FAILED" },
        { "ListQueue", "Sql", "state:FAILED fingerprint" },
        { "ListQueue", "Sql", "visit_id" },
        { "ListQueue", "Sql", "after" },
        { "ListLogs", "Sql", "" },
        { "ListLogs", "Sql", "visit_id" },
        { "ListLogs", "Sql", "queue_id" },
        { "ListLogs", "Sql", "after_at after_id" },
        { "ListFailures", "Sql", "" },
        { "CountTasks", "Sql", "date" },
    };

    [Theory, MemberData(nameof(Requests))]
    public async Task A_page_touches_few_rows_however_many_there_are(string slice, string constant, string given)
    {
        var plan = await archive.Explain(slice, constant, given);

        Assert.True(Most(plan) <= MostRows, $"Touches {Most(plan)} rows: {plan.ToJsonString()}");
    }

    private static long Most(JsonNode node)
    {
        var touched = ((double)node["Actual Rows"]! + ((double?)node["Rows Removed by Filter"] ?? 0)) * (double)node["Actual Loops"]!;
        var children = node["Plans"]?.AsArray().Select(child => Most(child!)) ?? [];
        return Math.Max((long)touched, children.DefaultIfEmpty().Max());
    }

    public sealed class Archive : IAsyncLifetime
    {
        private const string FillSql = $$"""
            insert into antrean.sites (code, name, zone) values ('big', 'big', 'Asia/Jakarta');
            insert into delivery.channels (name) values ('bpjs:big');
            insert into antrean.visits (site_id, visit_id, kind, kodebooking, event_time, service_date, poli_id, dokter_id, new_patient, source_hash)
            select s.id, to_char(d, 'YYYY/MM/DD/') || lpad(n::text, 6, '0'), 'NON_JKN', 'k', d, d::date, 'P' || n % 20, 'D' || n % 50, false, '\x01'
            from antrean.sites s, generate_series(timestamptz '2025-01-01', '2025-04-10', '1 day') d, generate_series(1, 150) n
            where s.code = 'big';
            insert into antrean.tasks (site_id, visit_id, task, status, waktu, waktu_khanza, source, first_seen_at, held_reason, sent_at, failed_reason)
            select v.site_id, v.visit_id, t,
                   case when v.id % 200 = 0 then 'FAILED_BPJS' when v.id % 10 = 0 then 'DRAFT' else 'SENT_BPJS' end,
                   v.event_time, v.event_time, 'x', v.event_time,
                   case when v.id % 200 <> 0 and v.id % 10 = 0 then 'NO_REFERENCE' end,
                   case when v.id % 10 <> 0 then now() end,
                   case when v.id % 200 = 0 then 'x' end
            from antrean.visits v, unnest('{1,3,4,5}'::text[]) t;
            with happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
                select site_id, visit_id, task, 'antrean.TASK_OBSERVED', waktu, null, null, 'system' from antrean.tasks
            ){{TaskEntries.Append}} select 1;
            insert into delivery.lanes (channel, key, state, head_step, due_at) select 'bpjs:big', visit_id, 'IDLE', 10, now() from antrean.visits;
            insert into delivery.jobs (channel, key, step, payload, state, finished_at, fingerprint, last_error)
            select 'bpjs:big', visit_id, step, '{}', case when id % 200 = 0 and step = 10 then 'FAILED' else 'SENT' end, now(),
                   case when id % 200 = 0 and step = 10 then 'fp' || id % 7 end, 'x'
            from antrean.visits, unnest('{10,40,50,60}'::int[]) step
            order by id, step;
            insert into delivery.attempts (recorded_at, job_id, lease_token, attempt, outcome, counted, fenced_off, duration_ms, started_at)
            select now() - id * interval '1 second', id, gen_random_uuid(), 1, 'DELIVERED', true, false, 1, now() from delivery.jobs;
            analyze
            """;

        private static readonly Dictionary<string, NpgsqlParameter> Values = new NpgsqlParameter[]
        {
            new NpgsqlParameter<DateOnly?>("date", new DateOnly(2025, 2, 1)), new NpgsqlParameter<string?>("poli_id", "P1"),
            new NpgsqlParameter<string?>("dokter_id", "D1"), new NpgsqlParameter<string?>("status", "SENT_BPJS"),
            new NpgsqlParameter<DateOnly?>("after_date", new DateOnly(2025, 2, 1)), new NpgsqlParameter<string?>("after_visit", "2025/02/01/000070"),
            new NpgsqlParameter<string?>("after_task", "3"), new NpgsqlParameter<string?>("visit_id", "2025/02/01/000070"),
            new NpgsqlParameter<bool?>("held", true), new NpgsqlParameter<bool?>("cancelled", false), new NpgsqlParameter<string?>("reason", "NO_REFERENCE"),
            new NpgsqlParameter<string?>("task", "3"), new NpgsqlParameter<string?>("state", "FAILED"), new NpgsqlParameter<string?>("task_id", "3"),
            new NpgsqlParameter<string?>("fingerprint", "fp1"), new NpgsqlParameter<long?>("after", 30_000), new NpgsqlParameter<long?>("queue_id", 777),
            new NpgsqlParameter<DateTimeOffset?>("after_at", DateTimeOffset.UtcNow.AddHours(-1)), new NpgsqlParameter<long?>("after_id", 5),
        }.ToDictionary(p => p.ParameterName, StringComparer.Ordinal);

        private TestDatabase _database = null!;

        public async ValueTask InitializeAsync()
        {
            _database = await TestDatabase.Create();
            await using var fill = _database.Owner.CreateCommand(FillSql);
            fill.CommandTimeout = 120;
            await fill.ExecuteNonQueryAsync();
        }

        public ValueTask DisposeAsync() => _database.DisposeAsync();

        /// <summary>Runs a slice's own statement with these parameters given and all others null.</summary>
        public async Task<JsonNode> Explain(string slice, string constant, string given)
        {
            var type = typeof(GetVisit).Assembly.GetType($"Alur.Antrean.Board.{slice}", throwOnError: true)!;
            var sql = (string)type.GetField(constant, BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;
            await using var command = _database.App.CreateCommand($"explain (analyze, format json) {sql}");
            command.Parameters.AddWithValue("site", "big");
            command.Parameters.AddWithValue("rows", 51);
            command.Parameters.AddWithValue("limit", 50);
            var chosen = given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(g => g.Split(':')).ToDictionary(g => g[0], g => g.ElementAtOrDefault(1), StringComparer.Ordinal);
            foreach (var (name, value) in Values)
            {
                var parameter = value.Clone();
                parameter.Value = chosen.TryGetValue(name, out var instead) ? instead ?? value.Value : null;
                command.Parameters.Add(parameter);
            }

            return JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)![0]!["Plan"]!;
        }
    }
}
