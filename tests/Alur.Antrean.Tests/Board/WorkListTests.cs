using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Antrean.Tasks;
using Alur.Testing;

namespace Alur.Antrean.Tests.Board;

/// <summary>Where every task stands: the work list, the figures and the history.</summary>
public sealed partial class WorkListTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string ConstraintSql = """
        select pg_get_constraintdef(oid) from pg_constraint
        where conrelid = 'antrean.tasks'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%OBSERVE_MODE%'
        """;

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task Every_task_is_in_exactly_one_state_and_the_figures_add_up()
    {
        var site = await Day("standing");

        foreach (var (state, expected) in new[]
        {
            ("sent", new[] { "v1/1", "v1/3", "v1/4" }), ("held", ["v2/1", "v2/3", "v9/3"]), ("failed", ["v3/1"]),
            ("cancelled", ["v4/1"]), ("pending", ["v1/5"]),
        })
        {
            Assert.Equal(expected, (await Keys($"tasks?site=standing&state={state}")).Order());
        }

        var figures = await _app.GetData("/api/antrean/summary?site=standing");
        Same("""
            {"site":"standing","date":null,"visits":4,"blocked":1,"observed":9,"sent":3,"already_there":1,"held":3,
             "held_by_reason":{"CLINIC_UNMAPPED":1,"REGISTER_NOT_SENT":1,"VISIT_NOT_READ":1},"failed":1,"cancelled":1,"pending":1,"differs":1}
            """, figures);
        Assert.Equal((long)figures["observed"]!, new[] { "sent", "held", "failed", "cancelled", "pending" }.Sum(s => (long)figures[s]!));
    }

    [Fact]
    public async Task A_day_holds_its_visits_tasks_and_the_tasks_whose_visit_was_not_read()
    {
        var site = await Day("day");
        await site.Visit("w1", Hospital.Morning.AddDays(1));
        await site.Draft("w1", "1");
        await site.Held("w2", "3", "VISIT_NOT_READ", Hospital.Morning.AddDays(1));

        Assert.Equal(["w1/1", "w2/3"], (await Keys("tasks?site=day&date=2026-01-21")).Order());
        Assert.Equal(9, (await Keys("tasks?site=day&date=2026-01-20")).Count);
        var figures = await _app.GetData("/api/antrean/summary?site=day&date=2026-01-21");
        Assert.Equal((1, 2, 1, 1), ((int)figures["visits"]!, (int)figures["observed"]!, (int)figures["held"]!, (int)figures["pending"]!));
    }

    [Fact]
    public async Task Filters_hold_together_and_pages_of_a_visit_go_on_within_it()
    {
        await Day("pages");

        Assert.Equal(["v1/1", "v1/3", "v1/4", "v1/5"], await Keys("tasks?site=pages&visit_id=v1&limit=1"));
        Assert.Equal(["v9/3", "v4/1", "v3/1", "v2/1", "v2/3", "v1/1", "v1/3", "v1/4", "v1/5"], await Keys("tasks?site=pages&limit=2"));
        Assert.Equal(["v2/3"], await Keys("tasks?site=pages&task_id=3&reason=REGISTER_NOT_SENT&state=held&date=2026-01-20"));
        Assert.Equal(["v4/1"], await Keys("tasks?site=pages&reason=CANCELLED_IN_KHANZA"));
        Assert.Empty(await Keys("tasks?site=pages&state=sent&reason=CANCELLED_IN_KHANZA"));
    }

    [Fact, Trait("Spec", "A-156")]
    public async Task A_held_task_says_why_in_two_languages_and_who_can_mend_it()
    {
        await Day("why");

        var held = Assert.Single(await _app.Walk("/api/antrean/tasks?site=why&reason=CLINIC_UNMAPPED"));

        Assert.Equal("CLINIC_UNMAPPED", (string?)held["reason"]);
        Assert.All(new[] { "id", "en", "mended_by" }, part => Assert.NotEmpty((string)held["explanation"]![part]!));
        Assert.NotEqual((string?)held["explanation"]!["id"], (string?)held["explanation"]!["en"]);
    }

    [Fact]
    public async Task A_moment_that_was_corrected_after_sending_is_shown_as_different()
    {
        await Day("differs");

        var different = Assert.Single(await _app.Walk("/api/antrean/tasks?site=differs&state=sent"), task => (bool)task["differs"]!);

        Assert.Equal(("2026-01-20T08:00:00Z", "2026-01-20T08:07:00Z"), ((string?)different["waktu"], (string?)different["waktu_khanza"]));
    }

    [Fact]
    public async Task Every_reason_of_the_tables_constraint_has_its_sentences_and_no_other_has()
    {
        await using var command = _app.Database.Owner.CreateCommand(ConstraintSql);
        var allowed = QuotedWord().Matches((string)(await command.ExecuteScalarAsync())!).Select(m => m.Value).Order();

        Assert.Equal(allowed, HeldReasons.All.Select(reason => reason.Code).Order());
        Assert.All(HeldReasons.All, reason => Assert.All([reason.Sentence, reason.English, reason.Mender], Assert.NotEmpty));
    }

    [Fact, Trait("Spec", "A-151"), Trait("Spec", "A-088")]
    public async Task A_visits_history_is_told_in_order_and_kept()
    {
        var site = await Day("history");
        await site.Execute(HistorySql, []);

        var entries = await _app.Walk("/api/antrean/visits/v1/history?site=history&limit=2");

        Assert.Equal(["OBSERVED", "OBSERVED", "OBSERVED", "OBSERVED", "FAILED", "REQUEUED"], entries.Select(e => (string)e["event"]!));
        Assert.Equal(("timeout", "system"), ((string?)entries[4]["reason"], (string?)entries[4]["actor"]));
        Assert.Equal("api-key:front-desk", (string?)entries[5]["actor"]);
        await Refusal.Of(
            _app.AsApiCaller().GetAsync("/api/antrean/visits/none/history?site=history"), System.Net.HttpStatusCode.NotFound, "VISIT_NOT_FOUND", "visit_id");
    }

    private const string HistorySql = $"""
        with happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select s.id, 'v1', '4', e.type, now(), null, e.words, e.actor
            from antrean.sites s, (values ('antrean.TASK_FAILED', 'timeout', 'system'), ('antrean.TASK_REQUEUED', null, 'api-key:front-desk')) e (type, words, actor)
            where s.code = @site
        ){TaskEntries.Append} select 1
        """;

    /// <summary>Four visits and a task without one, in every state that there is.</summary>
    private async Task<Hospital> Day(string code)
    {
        var site = await new Hospital(_app, code).Open();
        await site.Visit("v1");
        await site.Sent("v1", "1", Hospital.Morning);
        await site.Sent("v1", "3", Hospital.Morning, alreadyThere: true);
        await site.Sent("v1", "4", Hospital.Morning, khanzaSays: Hospital.Morning.AddMinutes(7));
        await site.Draft("v1", "5", queued: true);
        await site.Visit("v2", blocked: ["CLINIC_UNMAPPED"]);
        await site.Held("v2", "1", "CLINIC_UNMAPPED");
        await site.Held("v2", "3", "REGISTER_NOT_SENT");
        await site.Visit("v3");
        await site.Failed("v3", "1", "refused");
        await site.Visit("v4");
        await site.Cancelled("v4", "1", "CANCELLED_IN_KHANZA");
        await site.Held("v9", "3", "VISIT_NOT_READ");
        return site;
    }

    private async Task<List<string>> Keys(string path) =>
        [.. (await _app.Walk($"/api/antrean/{path}")).Select(t => $"{(string)t["visit_id"]!}/{(string)t["task_id"]!}")];

    private static void Same(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}\nbut was {actual}");

    [GeneratedRegex("(?<=')[A-Z_]+(?=')", RegexOptions.None, 1000)]
    private static partial Regex QuotedWord();
}
