using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Platform.Tests.Audit;
using Alur.Testing;

namespace Alur.Platform.Tests.Notifications;

/// <summary>What admins tell many at once.</summary>
public sealed class BroadcastTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Path = "/api/admin/broadcasts";

    private readonly AlurApp _app = fixture.App;

    [Theory]
    [InlineData("system_announcement"), InlineData("new_feature"), InlineData("admin_alert")]
    [Trait("Spec", "D-500"), Trait("Spec", "D-296"), Trait("Spec", "D-299")]
    public async Task What_an_admin_tells_a_grant_is_in_the_list_of_whoever_was_given_it_and_in_the_audit(string type)
    {
        var (desk, other) = (await _app.NewPerson(Policies.Client, "integration"), await _app.NewPerson());

        var sent = await Send(new { type, title = $" {type} ", message = "Besok.\r\nMalam.", to = "grant:integration", priority = "high" });

        var told = (await desk.Data($"/api/notifications?type={type}"))[0]!;
        Assert.Equal((type, type, "Besok.\nMalam.", "high"), ((string)told["type"]!, (string)told["title"]!, (string)told["message"]!, (string)told["priority"]!));
        Assert.DoesNotContain(type, await other.Titles());
        var entry = Assert.Single(await _app.AdminWalk($"/api/admin/audit?resource=broadcasts&resource_id={(string)sent["id"]!}"));
        Assert.Equal(("CREATE", "grant:integration", type, (int)sent["recipients"]!), ((string)entry["action"]!, (string)entry["new_values"]!["to"]!, (string)entry["new_values"]!["title"]!, (int)entry["new_values"]!["recipients"]!));
    }

    [Fact]
    [Trait("Spec", "D-500")]
    public async Task The_list_says_how_many_have_read_it_even_when_theirs_are_gone()
    {
        var (one, two) = (await _app.NewPerson(Policies.Client, "front-office"), await _app.NewPerson(Policies.Client, "front-office"));
        var sent = await Send(new { type = "new_feature", title = "Baru", message = "Lihat.", to = "grant:front-office" });
        var people = (int)sent["recipients"]!; // those of other tests too
        Assert.True(people >= 2);
        Assert.Equal((people, 0), await Counts(sent));
        var id = (string)(await one.Data("/api/notifications"))[0]!["id"]!;
        (await one.Client.PostAsync($"/api/notifications/{id}/read", null)).EnsureSuccessStatusCode();
        Assert.Equal((people, 1), await Counts(sent));

        await _app.Database.Execute($"update realtime.real_time_notifications set created_at = now() - interval '100 days', read_at = now() - interval '100 days' where id = '{id}'");
        Assert.Equal(1, await new KeepNotifications(_app.Database.App).RunOnce(CancellationToken.None));

        Assert.Equal((people, 1), await Counts(sent));
        Assert.Equal(["Baru"], await two.Titles());
    }

    [Fact]
    public async Task It_is_known_before_how_many_it_would_reach()
    {
        var before = await Sizes();
        var gone = await _app.NewPerson(Policies.Client, "front-office");
        await _app.NewPerson(Policies.Client, "front-office");
        await _app.NewPerson(Policies.Admin);
        (await _app.AsAdmin().PostAsync($"/api/admin/users/{gone.Email}/disable", null)).EnsureSuccessStatusCode();

        var after = await Sizes();

        Assert.Equal(["everybody", "role:admin", "role:client", "grant:front-office", "grant:integration"], after.Keys);
        Assert.Equal([2, 1, 1, 1, 0], after.Select(size => size.Value - before[size.Key]));
    }

    [Fact]
    public async Task Sent_again_with_the_same_key_it_is_told_once()
    {
        var person = await _app.NewPerson(Policies.Client, "integration");
        var key = Guid.NewGuid().ToString();
        foreach (var _ in (int[])[1, 2])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(new { type = "new_feature", title = "once", message = "!", to = "grant:integration" }) };
            request.Headers.Add("Idempotency-Key", key);
            Assert.Equal(HttpStatusCode.OK, (await _app.AsAdmin().SendAsync(request)).StatusCode);
        }

        Assert.Equal(["once"], await person.Titles());
    }

    [Theory]
    [InlineData("""{"type":"payment_received","title":"a","message":"b","to":"everybody"}""", "NOTIFICATION_TYPE_UNKNOWN", "type")]
    [InlineData("""{"type":"new_feature","title":" ","message":"b","to":"everybody"}""", "NOTIFICATION_TITLE_INVALID", "title")]
    [InlineData("""{"type":"new_feature","title":"\u200b\u200d \u2060","message":"b","to":"everybody"}""", "NOTIFICATION_TITLE_INVALID", "title")]
    [InlineData("""{"type":"new_feature","title":"a\r\nb","message":"b","to":"everybody"}""", "NOTIFICATION_TITLE_INVALID", "title")]
    [InlineData("""{"type":"new_feature","title":"a\u2028b","message":"b","to":"everybody"}""", "NOTIFICATION_TITLE_INVALID", "title")]
    [InlineData("""{"type":"new_feature","title":"a\u001bb","message":"b","to":"everybody"}""", "NOTIFICATION_TITLE_INVALID", "title")]
    [InlineData("""{"type":"new_feature","title":"a","message":"\u200b","to":"everybody"}""", "NOTIFICATION_MESSAGE_INVALID", "message")]
    [InlineData("""{"type":"new_feature","title":"a","to":"everybody"}""", "NOTIFICATION_MESSAGE_INVALID", "message")]
    [InlineData("""{"type":"new_feature","title":"a","message":"b","to":"grant:doctor"}""", "AUDIENCE_UNKNOWN", "to")]
    [InlineData("""{"type":"new_feature","title":"a","message":"b","to":"everybody","priority":"urgent"}""", "PRIORITY_UNKNOWN", "priority")]
    [InlineData("""{"type":"new_feature","title":"a\u0000","message":"b","to":"everybody"}""", "INVALID_TEXT", null)]
    [InlineData("""{"type":"new_feature","title":"a","message":"b","to":"everybody","sms":true}""", "UNKNOWN_FIELD", null)]
    public async Task What_cannot_be_told_is_refused_and_nobody_hears_of_it(string body, string code, string? field)
    {
        var person = await _app.NewPerson();
        await Refusal.Of(_app.AsAdmin().PostAsync(Path, new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"))), HttpStatusCode.BadRequest, code, field);
        Assert.Empty(await person.Titles());
    }

    [Fact]
    public async Task A_title_or_message_that_is_too_long_is_refused()
    {
        await Refusal.Of(_app.AsAdmin().PostAsJsonAsync(Path, new { type = "new_feature", title = new string('a', 201), message = "b", to = "everybody" }), HttpStatusCode.BadRequest, "NOTIFICATION_TITLE_INVALID");
        await Refusal.Of(_app.AsAdmin().PostAsJsonAsync(Path, new { type = "new_feature", title = "a", message = new string('b', 2001), to = "everybody" }), HttpStatusCode.BadRequest, "NOTIFICATION_MESSAGE_INVALID");
    }

    [Fact]
    public async Task Nobody_to_tell_is_said_and_nothing_is_kept()
    {
        await using var app = await AlurApp.Start();
        await Refusal.Of(app.AsAdmin().PostAsJsonAsync(Path, new { type = "new_feature", title = "a", message = "b", to = "role:client" }), HttpStatusCode.Conflict, "AUDIENCE_EMPTY", "to");
        Assert.Equal(["0"], await app.Database.Column("select count(*) from realtime.broadcasts"));
    }

    private async Task<JsonNode> Send(object broadcast)
    {
        using var answer = await _app.AsAdmin().PostAsJsonAsync(Path, broadcast);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!;
    }

    private async Task<(int Recipients, int Read)> Counts(JsonNode sent)
    {
        var row = (await _app.AdminWalk($"{Path}?limit=2")).Single(item => (string)item["id"]! == (string)sent["id"]!);
        return ((int)row["recipients"]!, (int)row["read"]!);
    }

    private async Task<Dictionary<string, int>> Sizes() => JsonNode.Parse(await _app.AsAdmin().GetStringAsync($"{Path}/audiences"))!["data"]!.AsArray()
        .ToDictionary(size => (string)size!["to"]!, size => (int)size!["people"]!, StringComparer.Ordinal);
}
