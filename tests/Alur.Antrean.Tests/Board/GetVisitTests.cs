using System.Net;
using System.Text.Json.Nodes;
using Alur.Testing;

namespace Alur.Antrean.Tests.Board;

/// <summary>What the specification shows of a visit, byte for byte in meaning, over HTTP.</summary>
public sealed class GetVisitTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Address = "/api/antrean/visits/2026%2F01%2F20%2F001234";
    private static readonly DateTimeOffset Ten = new(2026, 1, 20, 10, 0, 0, TimeSpan.Zero);
    private readonly AlurApp _app = fixture.App;

    [Fact, Trait("Spec", "A-078"), Trait("Spec", "A-017"), Trait("Spec", "A-018")]
    public async Task A_visit_that_was_just_registered_has_no_progress()
    {
        var site = await Site("just-registered");
        await site.Visit("2026/01/20/001234", payload: new JsonObject { ["kuota"] = 30, ["estimasi"] = 1768896000000 });
        await site.Draft("2026/01/20/001234", "1");

        Same(
            """
            {
              "visit_id": "2026/01/20/001234",
              "event_time": "2026-01-20T08:00:00Z",
              "status": "READY_BPJS",
              "poli_id": "101",
              "dokter_id": "D001",
              "payload": { "kuota": 30, "estimasi": 1768896000000 },
              "task_progress": {}
            }
            """,
            await _app.GetData($"{Address}?site=just-registered"));
    }

    [Fact, Trait("Spec", "A-079")]
    public async Task A_checkin_that_was_detected_is_a_draft()
    {
        var site = await Site("checkin");
        await site.Visit("2026/01/20/001234");
        await site.Draft("2026/01/20/001234", "1");
        await site.Draft("2026/01/20/001234", "3");

        Same("""{ "3": { "status": "DRAFT" } }""", await Progress("checkin"));
    }

    [Fact, Trait("Spec", "A-153")]
    public async Task A_registration_appears_in_the_progress_once_it_is_queued()
    {
        var site = await Site("queued");
        await site.Visit("2026/01/20/001234");
        await site.Draft("2026/01/20/001234", "1", queued: true);

        Same("""{ "1": { "status": "DRAFT" } }""", await Progress("queued"));
    }

    [Fact, Trait("Spec", "A-080"), Trait("Spec", "A-019"), Trait("Spec", "A-020"), Trait("Spec", "A-141")]
    public async Task A_visit_whose_registration_and_checkin_were_sent_says_when()
    {
        var site = await Site("sent");
        await site.Visit("2026/01/20/001234");
        await site.Sent("2026/01/20/001234", "1", Ten);
        await site.Sent("2026/01/20/001234", "3", Ten.AddMinutes(5));
        await site.Draft("2026/01/20/001234", "4");
        await site.Draft("2026/01/20/001234", "5");

        var visit = await _app.GetData($"{Address}?site=sent");

        Assert.Equal("SENT_BPJS", (string?)visit["status"]);
        Same(
            """
            {
              "1": { "status": "SENT_BPJS", "sentAt": "2026-01-20T10:00:00Z" },
              "3": { "status": "SENT_BPJS", "sentAt": "2026-01-20T10:05:00Z" },
              "4": { "status": "DRAFT" },
              "5": { "status": "DRAFT" }
            }
            """,
            visit["task_progress"]!);
    }

    [Fact, Trait("Spec", "A-081"), Trait("Spec", "A-047"), Trait("Spec", "A-048"), Trait("Spec", "A-049")]
    public async Task A_start_that_failed_says_why_beside_what_was_sent_and_what_waits()
    {
        var site = await Site("failed");
        await site.Visit("2026/01/20/001234");
        await site.Sent("2026/01/20/001234", "1", Ten);
        await site.Sent("2026/01/20/001234", "3", Ten.AddMinutes(5));
        await site.Failed("2026/01/20/001234", "4", "Connection timeout after 5 retries");
        await site.Held("2026/01/20/001234", "5", "PREDECESSOR_FAILED");

        Same(
            """
            {
              "1": { "status": "SENT_BPJS", "sentAt": "2026-01-20T10:00:00Z" },
              "3": { "status": "SENT_BPJS", "sentAt": "2026-01-20T10:05:00Z" },
              "4": { "status": "FAILED_BPJS", "failedReason": "Connection timeout after 5 retries" },
              "5": { "status": "DRAFT" }
            }
            """,
            await Progress("failed"));
    }

    [Theory]
    [InlineData("ready", "READY_BPJS"), InlineData("blocked", "BLOCKED_BPJS"), InlineData("accepted", "SENT_BPJS"), InlineData("refused", "FAILED_BPJS")]
    [Trait("Spec", "A-009"), Trait("Spec", "A-019")]
    public async Task The_status_speaks_of_the_registration_only(string code, string status)
    {
        var site = await Site(code);
        await site.Visit("2026/01/20/001234", blocked: code == "blocked" ? ["CLINIC_UNMAPPED"] : []);
        await (code switch
        {
            "accepted" => site.Sent("2026/01/20/001234", "1", Ten),
            "refused" => site.Failed("2026/01/20/001234", "1", "no"),
            _ => site.Draft("2026/01/20/001234", "1"),
        });
        await site.Failed("2026/01/20/001234", "3", "no");

        Assert.Equal(status, (string?)(await _app.GetData($"{Address}?site={code}"))["status"]);
    }

    [Fact, Trait("Spec", "A-017")]
    public async Task Slashes_of_a_visit_id_are_encoded_in_either_case_and_decoded_once()
    {
        await (await Site("slashes")).Visit("2026/01/20/001234");
        await (await Site("slashes")).Visit("a b+c&d");

        Assert.Equal("2026/01/20/001234", (string?)(await _app.GetData("/api/antrean/visits/2026%2f01%2F20%2f001234?site=slashes"))["visit_id"]);
        Assert.Equal("a b+c&d", (string?)(await _app.GetData("/api/antrean/visits/a%20b+c%26d?site=slashes"))["visit_id"]);
        await Refusal.Of(_app.AsApiCaller().GetAsync("/api/antrean/visits/2026%252F01%252520?site=slashes"), HttpStatusCode.NotFound, "VISIT_NOT_FOUND");
        await Refusal.Of(_app.AsApiCaller().GetAsync("/api/antrean/visits/2026/01/20/001234?site=slashes"), HttpStatusCode.NotFound, "ROUTE_NOT_FOUND");
    }

    [Fact]
    public async Task Two_sites_keep_visits_of_the_same_id_apart()
    {
        await (await Site("north")).Visit("2026/01/20/001234", poli: "N");
        await (await Site("south")).Visit("2026/01/20/001234", poli: "S");

        Assert.Equal("N", (string?)(await _app.GetData($"{Address}?site=north"))["poli_id"]);
        Assert.Equal("S", (string?)(await _app.GetData($"{Address}?site=south"))["poli_id"]);
    }

    [Fact]
    public async Task The_default_site_is_meant_when_none_is_named()
    {
        await (await Site("default")).Visit("2026/01/20/009999");

        Assert.Equal("2026/01/20/009999", (string?)(await _app.GetData("/api/antrean/visits/2026%2F01%2F20%2F009999"))["visit_id"]);
    }

    [Fact]
    public async Task An_unknown_visit_and_an_unknown_site_are_told_apart()
    {
        await Site("known");

        await Refusal.Of(_app.AsApiCaller().GetAsync($"{Address}?site=known"), HttpStatusCode.NotFound, "VISIT_NOT_FOUND", "visit_id");
        await Refusal.Of(_app.AsApiCaller().GetAsync($"{Address}?site=nowhere"), HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");
    }

    private async Task<JsonNode> Progress(string site) => (await _app.GetData($"{Address}?site={site}"))["task_progress"]!;

    private Task<Hospital> Site(string code) => new Hospital(_app, code).Open();

    private static void Same(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected {expected}\nbut was {actual}");
}
