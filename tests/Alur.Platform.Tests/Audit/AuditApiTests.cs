using System.Net;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Testing;

namespace Alur.Platform.Tests.Audit;

public sealed class AuditApiTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    [Trait("Spec", "D-494")]
    public async Task Entries_are_found_by_account_actor_action_thing_and_time()
    {
        var user = await _app.Database.User();
        await _app.Database.Write(
            new AuditOrigin(new Actor(user.ToString(), ActorKind.User), "client"), Entry(AuditAction.Create, "found", "1"), Entry(AuditAction.Update, "found", "2"));
        await _app.Database.Write(AuditDesk.Desk, Entry(AuditAction.Update, "found", "3"), Entry(AuditAction.Update, "else", "3"));

        Assert.Equal("1,2", await Ids($"user_id={user}"));
        Assert.Equal("3", await Ids("performed_by=api-key:desk&resource=found"));
        Assert.Equal("2,3", await Ids("action=UPDATE&resource=found"));
        Assert.Equal("3", await Ids("resource=else"));
        Assert.Equal("2", await Ids("resource=found&resource_id=2"));
        Assert.Equal("1,2,3", await Ids($"resource=found&from={Minutes(-1)}&to={Minutes(1)}"));
        Assert.Equal("", await Ids($"resource=found&from={Minutes(1)}"));
        Assert.Equal("", await Ids($"resource=found&to={Minutes(-1)}"));
    }

    [Fact]
    public async Task An_entry_has_the_promised_form()
    {
        await _app.Database.Write(AuditDesk.Desk, new AuditEntry(AuditAction.Update, new("form"), "7", new { On = true }, new { On = false }));

        var entry = Assert.Single(await _app.AdminWalk("/api/admin/audit?resource=form"));

        Assert.Equal(
            ["id", "user_id", "action", "resource", "resource_id", "old_values", "new_values", "ip_address", "user_agent", "timestamp", "performed_by", "actor_role"],
            entry.AsObject().Select(member => member.Key));
        Assert.Equal("""{"on":true} {"on":false} 10.0.0.7 curl/8 api-key:desk admin""",
            $"{entry["old_values"]!.ToJsonString()} {entry["new_values"]!.ToJsonString()} {entry["ip_address"]} {entry["user_agent"]} {entry["performed_by"]} {entry["actor_role"]}");
    }

    [Fact]
    public async Task A_walk_over_pages_shows_every_entry_once_newest_first_also_when_many_share_a_moment()
    {
        await _app.Database.Write(AuditDesk.Desk, [.. Enumerable.Range(0, 23).Select(i => Entry(AuditAction.Create, "walked", $"{i}"))]);

        var walked = await _app.AdminWalk("/api/admin/audit?resource=walked&limit=5");

        Assert.Equal(23, walked.Select(e => (string?)e["resource_id"]).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(23, walked.Count);
        await Refusal.Of(_app.AsAdmin().GetAsync("/api/admin/audit?after=eyJ4Ijox"), HttpStatusCode.BadRequest, "INVALID_CURSOR", "after");
    }

    [Fact]
    [Trait("Spec", "D-187"), Trait("Spec", "D-551")]
    public async Task Who_reads_the_audit_is_in_it_from_where_and_what_they_looked_for()
    {
        var client = _app.AsAdmin();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("audit-test/1");
        await client.GetAsync("/api/admin/audit?resource=looked-for&action=DELETE");

        var views = await _app.AdminWalk("/api/admin/audit?action=VIEW&resource=audit_logs");

        var view = Assert.Single(views, v => (string?)v["new_values"]!["resource"] == "looked-for");
        Assert.Equal("127.0.0.1 audit-test/1 DELETE admin", $"{view["ip_address"]} {view["user_agent"]} {view["new_values"]!["action"]} {view["actor_role"]}");
    }

    [Fact]
    public async Task Who_reads_it_is_not_written_down_where_that_was_switched_off()
    {
        await using var app = await AlurApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Audit:Views"] = "false" });

        await app.AsAdmin().GetAsync("/api/admin/audit");

        Assert.Empty(await app.AdminWalk("/api/admin/audit?action=VIEW"));
    }

    [Fact]
    [Trait("Spec", "D-191")]
    public async Task The_export_is_the_same_list_as_a_file_and_is_itself_an_entry()
    {
        await _app.Database.Write(AuditDesk.Desk with { UserAgent = "=cmd|' /C calc'!A0" }, new AuditEntry(AuditAction.Create, new("filed"), "a \"b\", c", NewValues: new { N = "é\n" }));
        await _app.Database.Write(AuditDesk.Desk, [.. Enumerable.Range(0, 2100).Select(i => Entry(AuditAction.Create, "filed", $"{i}"))]);

        using var answer = await _app.AsAdmin().GetAsync("/api/admin/audit/export?resource=filed");
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n");

        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Matches("^audit-[0-9]{8}-[0-9]{6}\\.csv$", answer.Content.Headers.ContentDisposition?.FileName?.Trim('"') ?? "");
        Assert.Equal("id,timestamp,performed_by,user_id,actor_role,action,resource,resource_id,old_values,new_values,ip_address,user_agent", lines[0]);
        Assert.Equal(2101, lines[1..^1].Select(line => line[..36]).Distinct(StringComparer.Ordinal).Count());
        Assert.EndsWith(""",api-key:desk,,admin,CREATE,filed,"a ""b"", c",,"{""n"":""é\n""}",10.0.0.7,'=cmd|' /C calc'!A0""", lines[^2], StringComparison.Ordinal);
        Assert.Equal("", lines[^1]);
        var export = Assert.Single(await _app.AdminWalk("/api/admin/audit?action=EXPORT"));
        Assert.Equal("filed", (string?)export["new_values"]!["resource"]);
    }

    [Theory, InlineData("/api/admin/audit"), InlineData("/api/admin/audit/export")]
    public async Task A_filter_that_cannot_be_meant_is_refused(string path)
    {
        await Refusal.Of(_app.AsAdmin().GetAsync($"{path}?action=RESET"), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "action");
        await Refusal.Of(_app.AsAdmin().GetAsync($"{path}?from=yesterday"), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "from");
        await Refusal.Of(_app.AsAdmin().GetAsync($"{path}?user_id=7"), HttpStatusCode.BadRequest, "INVALID_PARAMETER", "user_id");
        await Refusal.Of(_app.AsAdmin().GetAsync($"{path}?resouce=x"), HttpStatusCode.BadRequest, "UNKNOWN_PARAMETER", "resouce");
        await Refusal.Of(_app.AsStranger().GetAsync(path), HttpStatusCode.Unauthorized, "API_KEY_REQUIRED");
        await Refusal.Of(_app.AsAdmin().GetAsync("/api/admin/audit?limit=501"), HttpStatusCode.BadRequest, "VALIDATION_FAILED", "limit");
    }

    private static AuditEntry Entry(AuditAction action, string resource, string id) => new(action, new AuditResource(resource), id);

    private static string Minutes(int minutes) => DateTime.UtcNow.AddMinutes(minutes).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<string> Ids(string query) =>
        string.Join(',', (await _app.AdminWalk($"/api/admin/audit?{query}")).Select(e => (string?)e["resource_id"]).Order(StringComparer.Ordinal));
}
