using System.Net;
using Alur.Testing;

namespace Alur.Antrean.Tests.Board;

/// <summary>What all lists have in common: filters that hold together, pages that lose and repeat nothing, one statement per request.</summary>
public sealed class ListTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_walk_sees_every_visit_once_while_others_come_in()
    {
        var site = await Site("walk");
        var before = Enumerable.Range(1, 40).Select(i => Id(20, i)).ToList();
        foreach (var id in before)
        {
            await site.Visit(id);
        }

        var seen = new List<string>();
        string? next = null;
        var newcomer = 0;
        do
        {
            var page = await _app.Get($"/api/antrean/visits?site=walk&limit=7{(next is null ? "" : $"&after={next}")}");
            seen.AddRange(page["data"]!.AsArray().Select(v => (string)v!["visit_id"]!));
            next = (string?)page["meta"]!["next"];

            // One on a later day, one on an earlier day, one in the middle of the day that is being walked.
            newcomer++;
            await site.Visit(Id(21, newcomer), Hospital.Morning.AddDays(1));
            await site.Visit(Id(19, newcomer), Hospital.Morning.AddDays(-1));
            await site.Visit($"{Id(20, newcomer * 6)}x");
        }
        while (next is not null && newcomer < 100);

        Assert.Equal(seen.Distinct(), seen);
        Assert.Empty(before.Except(seen));
    }

    [Fact]
    public async Task Visits_come_latest_day_first_and_filters_hold_together()
    {
        var site = await Site("filters");
        await site.Visit("a", poli: "INT", dokter: "D1");
        await site.Visit("b", poli: "INT", dokter: "D2", blocked: ["CLINIC_UNMAPPED"]);
        await site.Visit("c", Hospital.Morning.AddDays(1), poli: "INT", dokter: "D1");
        await site.Visit("d", poli: "ANA", dokter: "D1");
        await site.Sent("d", "1", Hospital.Morning);

        Assert.Equal(["c", "d", "b", "a"], await Ids("visits?site=filters"));
        Assert.Equal(["d", "b", "a"], await Ids("visits?site=filters&date=2026-01-20"));
        Assert.Equal(["c", "a"], await Ids("visits?site=filters&poli_id=INT&dokter_id=D1"));
        Assert.Equal(["a"], await Ids("visits?site=filters&poli_id=INT&dokter_id=D1&status=READY_BPJS&date=2026-01-20"));
        Assert.Equal(["b"], await Ids("visits?site=filters&status=BLOCKED_BPJS"));
        Assert.Equal(["d"], await Ids("visits?site=filters&status=SENT_BPJS"));
        Assert.Equal(["d", "a"], await Ids("visits?site=filters&date=2026-01-20&dokter_id=D1&limit=1"));
    }

    [Fact]
    public async Task The_day_of_a_visit_is_the_hospitals_day()
    {
        await (await Site("midnight")).Visit("night", new DateTimeOffset(2026, 1, 20, 17, 30, 0, TimeSpan.Zero));

        Assert.Equal(["night"], await Ids("visits?site=midnight&date=2026-01-21"));
        Assert.Empty(await Ids("visits?site=midnight&date=2026-01-20"));
    }

    [Fact]
    public async Task An_empty_list_is_a_success()
    {
        await Site("empty");

        foreach (var list in new[] { "visits", "tasks", "queue", "logs", "failures" })
        {
            var envelope = await _app.Get($"/api/antrean/{list}?site=empty");
            Assert.Empty(envelope["data"]!.AsArray());
            Assert.Null(envelope["meta"]!["next"]);
        }
    }

    [Theory]
    [InlineData("visits?status=READY", "INVALID_PARAMETER", "status")]
    [InlineData("visits?date=20-01-2026", "INVALID_PARAMETER", "date")]
    [InlineData("visits?dokter=D1", "UNKNOWN_PARAMETER", "dokter")]
    [InlineData("visits?after=nonsense", "INVALID_CURSOR", "after")]
    [InlineData("visits?after=%00", "INVALID_TEXT", "after")]
    [InlineData("visits?limit=0", "VALIDATION_FAILED", "limit")]
    [InlineData("visits?limit=501", "VALIDATION_FAILED", "limit")]
    [InlineData("visits/x/history?limit=501", "VALIDATION_FAILED", "limit")]
    [InlineData("failures?limit=501", "VALIDATION_FAILED", "limit")]
    [InlineData("tasks?state=done", "INVALID_PARAMETER", "state")]
    [InlineData("tasks?reason=BORED", "INVALID_PARAMETER", "reason")]
    [InlineData("queue?status=SENT", "INVALID_PARAMETER", "status")]
    [InlineData("logs?queue_id=x", "INVALID_PARAMETER", "queue_id")]
    [InlineData("sites?site=default", "UNKNOWN_PARAMETER", "site")]
    [InlineData("summary?day=2026-01-20", "UNKNOWN_PARAMETER", "day")]
    public Task A_filter_that_was_not_meant_so_is_refused(string path, string code, string field) =>
        Refusal.Of(_app.AsApiCaller().GetAsync($"/api/antrean/{path}"), HttpStatusCode.BadRequest, code, field);

    [Theory, InlineData("visits"), InlineData("tasks"), InlineData("queue"), InlineData("logs"), InlineData("failures"), InlineData("summary"), InlineData("visits/x/history")]
    public Task A_site_that_is_not_there_is_told(string path) =>
        Refusal.Of(_app.AsApiCaller().GetAsync($"/api/antrean/{path}?site=nowhere"), HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");

    [Fact]
    public async Task A_cursor_belongs_to_its_list()
    {
        var site = await Site("cursor");
        await site.Visit("a");
        await site.Visit("b");
        var next = (string?)(await _app.Get("/api/antrean/visits?site=cursor&limit=1"))["meta"]!["next"];

        await Refusal.Of(_app.AsApiCaller().GetAsync($"/api/antrean/tasks?site=cursor&after={next}"), HttpStatusCode.BadRequest, "INVALID_CURSOR", "after");
    }

    [Fact]
    public async Task A_cursor_that_was_edited_or_cut_is_refused()
    {
        await Site("forged");
        var forged = Convert.ToBase64String("{\"List\":\"logs\",\"Key\":{\"RecordedAt\":\"2026-01-20T08:00:00+07:00\",\"Id\":1}}"u8).TrimEnd('=').Replace('+', '-').Replace('/', '_');

        foreach (var edited in new[] { forged, forged[..^3], "AAAA" })
        {
            await Refusal.Of(_app.AsApiCaller().GetAsync($"/api/antrean/logs?site=forged&after={edited}"), HttpStatusCode.BadRequest, "INVALID_CURSOR", "after");
        }
    }

    [Theory]
    [InlineData("visits?site=count&date=2026-01-20&status=READY_BPJS"), InlineData("visits/a?site=count"), InlineData("visits/a/history?site=count")]
    [InlineData("tasks?site=count&date=2026-01-20"), InlineData("queue?site=count"), InlineData("logs?site=count"), InlineData("failures?site=count")]
    [InlineData("summary?site=count&date=2026-01-20"), InlineData("sites")]
    public async Task A_read_is_one_statement(string path)
    {
        var code = $"count-{Guid.NewGuid():N}"[..20];
        var site = await Site(code);
        await site.Visit("a");
        await site.Draft("a", "1");
        using var counter = new StatementCounter();

        var statements = await counter.During(_app.AsApiCaller(), $"/api/antrean/{path.Replace("site=count", $"site={code}", StringComparison.Ordinal)}");

        // One for the key, one for the answer.
        Assert.Equal(2, statements);
    }

    private async Task<List<string>> Ids(string path) =>
        [.. (await _app.Walk($"/api/antrean/{path}")).Select(v => (string)v["visit_id"]!)];

    private static string Id(int day, int number) => $"2026/01/{day}/{number:000000}";

    private Task<Hospital> Site(string code) => new Hospital(_app, code).Open();
}
