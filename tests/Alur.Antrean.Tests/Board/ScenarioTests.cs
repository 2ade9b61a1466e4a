using System.Text.Json.Nodes;
using Alur.Simulators.Bpjs;

namespace Alur.Antrean.Tests.Board;

/// <summary>A visit from Khanza's database to BPJS's answer, seen over HTTP at each step, with the specification's own values.</summary>
public sealed class ScenarioTests
{
    private const string Visit = "2026/01/20/001234";
    private const string Address = "/api/antrean/visits/2026%2F01%2F20%2F001234";
    private const string CloseBreakers = """
        update platform.breakers set state = 'CLOSED', consecutive_failures = 0, consecutive_successes = 0, opened_at = null, retry_at = null,
            probe_token = null, probe_until = null, epoch = epoch + 1
        """;

    [Fact]
    [Trait("Spec", "A-017"), Trait("Spec", "A-018"), Trait("Spec", "A-019"), Trait("Spec", "A-020"), Trait("Spec", "A-047")]
    [Trait("Spec", "A-010"), Trait("Spec", "A-078"), Trait("Spec", "A-079"), Trait("Spec", "A-080")]
    public async Task A_visit_is_shown_at_every_step_as_the_specification_shows_it()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        await hospital.Register(Visit, at: "15:00:00");
        await hospital.Poll();

        var registered = await app.GetData(Address);
        Same(
            """{"visit_id":"2026/01/20/001234","event_time":"2026-01-20T08:00:00Z","status":"READY_BPJS","poli_id":"101","dokter_id":"D001","task_progress":{}}""",
            Without(registered, "payload"));
        Assert.Equal(["visit_id", "event_time", "status", "poli_id", "dokter_id", "payload", "task_progress"], registered.AsObject().Select(p => p.Key));
        Assert.Equal(40, (int)registered["payload"]!["kuota"]!);
        Assert.NotNull(registered["payload"]!["estimasi"]);

        await hospital.Folder(Visit, sent: "15:10:00");
        await hospital.Poll();
        Same("""{"3":{"status":"DRAFT"}}""", (await app.GetData(Address))["task_progress"]!);

        await hospital.Settle();
        await hospital.Folder(Visit, sent: "15:10:00", received: "15:20:00");
        await hospital.Note(Visit, "15:30:00");
        await hospital.Poll();
        var sent = await app.GetData(Address);
        Assert.Equal("SENT_BPJS", (string?)sent["status"]);
        Same(
            """{"1":{"status":"SENT_BPJS","sentAt":"now"},"3":{"status":"SENT_BPJS","sentAt":"now"},"4":{"status":"DRAFT"},"5":{"status":"DRAFT"}}""",
            WithNow(sent["task_progress"]!));
    }

    [Fact]
    [Trait("Spec", "A-048"), Trait("Spec", "A-049"), Trait("Spec", "A-081"), Trait("Spec", "A-041"), Trait("Spec", "A-046"), Trait("Spec", "A-147")]
    public async Task A_task_that_failed_says_why_and_goes_through_once_it_is_requeued()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        await hospital.Register(Visit);
        await hospital.Folder(Visit, sent: "07:10:00");
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Folder(Visit, sent: "07:10:00", received: "07:20:00");
        await hospital.Note(Visit, "07:30:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Execute("update platform.breakers set failures_to_open = 6"); // the outage that opens it would keep its attempt
        hospital.Bpjs.SetFaults(new BpjsFaults { ServerError = 1 });
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await hospital.MakeDue();
            await hospital.Deliver();
        }

        var progress = (await app.GetData(Address))["task_progress"]!;
        Assert.Equal("FAILED_BPJS", (string?)progress["4"]!["status"]);
        Assert.NotEmpty((string)progress["4"]!["failedReason"]!);
        Same("""{"status":"DRAFT"}""", progress["5"]!);
        Assert.Equal("SENT_BPJS", (string?)progress["3"]!["status"]);
        var failure = Assert.Single(await app.Walk("/api/antrean/failures"));
        var logs = await app.Walk($"/api/antrean/logs?visit_id={Uri.EscapeDataString(Visit)}");
        Assert.Equal(7, logs.Count);
        Assert.Equal(["4", "4", "4", "4", "4", "3", "1"], logs.Select(l => (string)l["task_id"]!));
        Assert.All(logs, l => Assert.Equal(Visit, (string?)l["request_payload"]!["kodebooking"]));
        Assert.Equal([500, 500, 500, 500, 500, 200, 200], logs.Select(l => (int)l["http_code"]!));

        hospital.Bpjs.SetFaults(BpjsFaults.None);
        await hospital.Owner(CloseBreakers);
        Assert.Equal(1, (int)(await app.Post("/api/antrean/queue/requeue", new { fingerprint = (string)failure["fingerprint"]! }))["requeued"]!);
        Same("""{"status":"DRAFT"}""", (await app.GetData(Address))["task_progress"]!["4"]!);
        await hospital.Settle();

        Assert.All((await app.GetData(Address))["task_progress"]!.AsObject(), task => Assert.Equal("SENT_BPJS", (string?)task.Value!["status"]));
        var history = (await app.Walk($"{Address}/history")).Where(e => (string)e["task_id"]! == "4").ToList();
        Assert.Equal(["OBSERVED", "QUEUED", "FAILED", "REQUEUED", "SENT"], history.Select(e => (string)e["event"]!).Where(e => e is not ("HELD" or "RELEASED")));
        Assert.StartsWith("api-key:test", (string)history.Single(e => (string?)e["event"] == "REQUEUED")["actor"]!);
    }

    [Fact]
    public async Task The_figures_are_those_that_the_server_counts_by()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        await hospital.FullVisit(Visit);
        await hospital.FullVisit("2026/01/20/000002", sent: "07:20:00", received: "07:20:00");
        await hospital.Register("2026/01/20/000003", clinic: "102", doctor: "D002");
        await hospital.Poll();
        await hospital.Settle();

        foreach (var figures in new[] { await app.GetData("/api/antrean/summary"), await app.GetData("/api/antrean/summary?date=2026-01-20") })
        {
            var counts = await hospital.Count();
            Assert.Equal(
                (counts.Visits, counts.Blocked, counts.Observed, counts.Sent, counts.AlreadyThere, counts.Held, counts.Failed, counts.Cancelled, counts.Pending),
                (Of("visits"), Of("blocked"), Of("observed"), Of("sent"), Of("already_there"), Of("held"), Of("failed"), Of("cancelled"), Of("pending")));
            Assert.Equal(counts.Held, figures["held_by_reason"]!.AsObject().Sum(reason => (long)reason.Value!));
            Assert.True(counts is { Sent: > 0, Held: > 0, Blocked: > 0 });

            long Of(string name) => (long)figures[name]!;
        }
    }

    [Fact]
    [Trait("Spec", "A-156")]
    public async Task A_visit_that_is_revalidated_is_judged_anew_by_the_next_poll()
    {
        await using var hospital = await TestHospital.Open();
        await using var app = await hospital.Serve();
        hospital.Clock.Now = DateTimeOffset.UtcNow;
        var today = TimeZoneInfo.ConvertTime(hospital.Clock.Now, hospital.Site.Zone).ToString("yyyy/MM/dd", System.Globalization.CultureInfo.InvariantCulture);
        await hospital.Register($"{today}/000001");
        await hospital.Register($"{today}/000002");
        await hospital.Poll();
        Assert.Equal(0, (await hospital.Poll()).Changed);

        await app.Post($"/api/antrean/visits/{Uri.EscapeDataString($"{today}/000001")}/revalidate");
        Assert.Equal(1, (await hospital.Poll()).Changed);
        await app.Post("/api/antrean/revalidate");
        Assert.Equal(2, (await hospital.Poll()).Changed);
    }

    private static JsonObject Without(JsonNode node, string member)
    {
        var copy = node.DeepClone().AsObject();
        copy.Remove(member);
        return copy;
    }

    /// <summary>Moments of sending, which the database's clock gave just now, become the word "now".</summary>
    private static JsonNode WithNow(JsonNode progress)
    {
        var copy = progress.DeepClone();
        foreach (var (_, task) in copy.AsObject())
        {
            if ((string?)task!["sentAt"] is { } at && at.EndsWith('Z') && (DateTimeOffset.UtcNow - DateTimeOffset.Parse(at, null)).Duration() < TimeSpan.FromMinutes(5))
            {
                task["sentAt"] = "now";
            }
        }

        return copy;
    }

    private static void Same(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}\nbut was {actual.ToJsonString()}");
}
