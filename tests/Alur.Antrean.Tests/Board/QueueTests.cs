using System.Net;
using System.Net.Http.Json;
using Alur.Testing;

namespace Alur.Antrean.Tests.Board;

/// <summary>The queue to BPJS in the specification's words, its log, what failed in it, and putting that back.</summary>
public sealed class QueueTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact, Trait("Spec", "A-027"), Trait("Spec", "A-146")]
    public async Task A_row_that_used_up_its_attempts_is_failed_and_says_why()
    {
        await Failures("rows");

        var row = Assert.Single(await _app.Walk("/api/antrean/queue?site=rows&visit_id=v1"));

        Assert.Equal(("v1", "3", "FAILED"), ((string?)row["visit_id"], (string?)row["task_id"], (string?)row["status"]));
        Assert.Equal((5, 5), ((int)row["attempts"]!, (int)row["max_attempts"]!));
        Assert.Equal(("201", "Waktu salah 17"), ((string?)row["last_code"], (string?)row["last_error"]));
        Assert.True((long)row["id"]! > 0);
    }

    [Fact]
    public async Task Filters_of_the_queue_hold_together_and_newest_comes_first()
    {
        await Failures("queue");

        Assert.Equal(["v3", "v2", "v1"], await Visits("queue?site=queue&limit=1"));
        Assert.Equal(["v2", "v1"], await Visits("queue?site=queue&fingerprint=time&status=FAILED"));
        Assert.Equal(["v2"], await Visits("queue?site=queue&fingerprint=time&task_id=4"));
        Assert.Empty(await Visits("queue?site=queue&status=SEND"));
    }

    [Fact, Trait("Spec", "A-041"), Trait("Spec", "A-046"), Trait("Spec", "A-152")]
    public async Task Every_try_of_a_visit_is_in_the_log_also_those_without_an_answer()
    {
        await Failures("logs");
        var queueId = (long)Assert.Single(await _app.Walk("/api/antrean/queue?site=logs&visit_id=v1"))["id"]!;

        var logs = await _app.Walk("/api/antrean/logs?site=logs&visit_id=v1&limit=2");

        Assert.Equal([5, 4, 3, 2, 1], logs.Select(l => (int)l["attempt"]!));
        Assert.All(logs, l => Assert.Equal((queueId, "v1", "3"), ((long)l["queue_id"]!, (string?)l["visit_id"], (string?)l["task_id"])));
        Assert.All(logs, l => Assert.Equal(3, (int)l["request_payload"]!["taskid"]!));
        Assert.Equal([200, 200, 200, 200, null], logs.Select(l => (int?)l["http_code"]));
        Assert.Equal("bad", (string?)logs[0]["response_payload"]);
        Assert.Equal(5, (await _app.Walk($"/api/antrean/logs?site=logs&queue_id={queueId}")).Count);
        Assert.Equal(15, (await _app.Walk("/api/antrean/logs?site=logs&limit=4")).Select(l => (long)l["id"]!).Distinct().Count());
    }

    [Fact]
    public async Task Failures_are_grouped_by_what_they_mean_the_most_frequent_first()
    {
        await Failures("groups");

        var envelope = await _app.Get("/api/antrean/failures?site=groups&limit=1");

        var first = Assert.Single(envelope["data"]!.AsArray())!;
        Assert.Equal(("time", 2, "Waktu salah 18"), ((string?)first["fingerprint"], (int)first["count"]!, (string?)first["example"]));
        Assert.Equal(["3", "4"], first["task_ids"]!.AsArray().Select(t => (string)t!));
        Assert.Equal(2, (int)envelope["meta"]!["total"]!);
    }

    [Fact, Trait("Spec", "A-147"), Trait("Spec", "A-049")]
    public async Task One_failed_row_goes_back_with_all_its_attempts_and_history_knows_who_asked()
    {
        await Failures("one");
        var id = (long)Assert.Single(await _app.Walk("/api/antrean/queue?site=one&visit_id=v1"))["id"]!;

        Assert.Equal(1, (int)(await _app.Post($"/api/antrean/queue/{id}/requeue"))["requeued"]!);

        var row = Assert.Single(await _app.Walk("/api/antrean/queue?site=one&visit_id=v1"));
        Assert.Equal(("PENDING", 0), ((string?)row["status"], (int)row["attempts"]!));
        var visit = await _app.GetData("/api/antrean/visits/v1?site=one");
        Assert.Equal("""{"status":"DRAFT"}""", visit["task_progress"]!["3"]!.ToJsonString());
        var last = (await _app.Walk("/api/antrean/visits/v1/history?site=one"))[^1];
        Assert.Equal(("REQUEUED", "api-key:test"), ((string?)last["event"], (string?)last["actor"]));
        Assert.Equal(["v3", "v2"], await Visits("queue?site=one&status=FAILED"));
    }

    [Fact]
    public async Task Only_a_failed_row_can_go_back()
    {
        await Failures("twice");
        var id = (long)Assert.Single(await _app.Walk("/api/antrean/queue?site=twice&visit_id=v1"))["id"]!;
        await _app.Post($"/api/antrean/queue/{id}/requeue");
        var client = _app.AsApiCaller();

        await Refusal.Of(client.PostAsync($"/api/antrean/queue/{id}/requeue", null), HttpStatusCode.Conflict, "JOB_NOT_REQUEUEABLE", "id");
        await Refusal.Of(client.PostAsync("/api/antrean/queue/987654321/requeue", null), HttpStatusCode.NotFound, "JOB_NOT_FOUND", "id");
        await Refusal.Of(client.PostAsync("/api/antrean/queue/x/requeue", null), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "id");
    }

    [Fact]
    public async Task All_that_failed_for_the_same_reason_go_back_together_at_their_site_only()
    {
        await Failures("together");
        await Failures("elsewhere");

        Assert.Equal(2, (int)(await _app.Post("/api/antrean/queue/requeue?site=together", new { fingerprint = "time" }))["requeued"]!);

        Assert.Equal(["v3"], await Visits("queue?site=together&status=FAILED"));
        Assert.Equal(["v3", "v2", "v1"], await Visits("queue?site=elsewhere&status=FAILED"));
        Assert.Equal(0, (int)(await _app.Post("/api/antrean/queue/requeue?site=together", new { fingerprint = "time" }))["requeued"]!);
        Assert.Equal(0, (int)(await _app.Post("/api/antrean/queue/requeue?site=together", new { visit_id = "v3", task_id = "3" }))["requeued"]!);
        Assert.Equal(1, (int)(await _app.Post("/api/antrean/queue/requeue?site=together", new { visit_id = "v3", task_id = "1" }))["requeued"]!);
    }

    [Theory]
    [InlineData("{}", "FILTER_REQUIRED", null)]
    [InlineData("""{"visit_id":null}""", "FILTER_REQUIRED", null)]
    [InlineData("""{"visit":"v1"}""", "UNKNOWN_FIELD", "visit")]
    [InlineData("""{"visit_id":"v\u0000"}""", "INVALID_TEXT", "visit_id")]
    [InlineData("""{"visit_id":1}""", "MALFORMED_JSON", "visit_id")]
    public async Task A_requeue_that_names_nothing_or_something_unknown_is_refused(string body, string code, string? field)
    {
        var client = _app.AsApiCaller();

        await Refusal.Of(
            client.PostAsync("/api/antrean/queue/requeue", new StringContent(body, System.Text.Encoding.UTF8, "application/json")),
            HttpStatusCode.BadRequest, code, field);
    }

    [Fact]
    public Task A_requeue_at_no_site_is_refused() => Refusal.Of(
        _app.AsApiCaller().PostAsJsonAsync("/api/antrean/queue/requeue?site=nowhere", new { fingerprint = "time" }),
        HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");

    private async Task Failures(string code)
    {
        var site = await new Hospital(_app, code).Open();
        foreach (var (visit, task, error, fingerprint) in new[]
        {
            ("v1", "3", "Waktu salah 17", "time"), ("v2", "4", "Waktu salah 18", "time"), ("v3", "1", "Poli tidak ditemukan", "clinic"),
        })
        {
            await site.Visit(visit);
            await site.FailedInQueue(visit, task, error, fingerprint);
        }
    }

    private async Task<List<string>> Visits(string path) => [.. (await _app.Walk($"/api/antrean/{path}")).Select(v => (string)v["visit_id"]!)];
}
