using System.Net;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Testing;
using static Alur.Platform.Tests.Notifications.NotificationDesk;

namespace Alur.Platform.Tests.Notifications;

/// <summary>How people choose to be told.</summary>
public sealed class PreferenceTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Path = "/api/notifications/preferences";

    private const string Defaults = """
        {"project_status_change":{"in_app":true,"email_from":null},"payment_received":{"in_app":true,"email_from":null},"system_announcement":{"in_app":true,"email_from":null},
        "admin_alert":{"in_app":true,"email_from":"high"},"deadline_reminder":{"in_app":true,"email_from":null},"new_feature":{"in_app":true,"email_from":null}}
        """;

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task Whoever_never_chose_has_everything_in_the_list_and_urgent_alerts_by_mail()
    {
        var person = await _app.NewPerson();
        Assert.Equal(Plain(Defaults), (await person.Data(Path)).ToJsonString());
        Assert.Equal([new Notified(1, 1), new Notified(1, 0), new Notified(1, 0)], await _app.Tell(
            new(Audience.People(person.Id), NotificationType.AdminAlert, "a", "b", NotificationPriority.High),
            new(Audience.People(person.Id), NotificationType.AdminAlert, "a", "b"),
            Announcement("a", Audience.People(person.Id), NotificationPriority.Critical)));
    }

    [Fact]
    public async Task What_is_switched_off_is_not_told_unless_it_is_critical()
    {
        var person = await _app.NewPerson();
        using var answer = await person.PutJson(Path, """{"system_announcement":{"in_app":false,"email_from":"low"}}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var to = Audience.People(person.Id);

        var told = await _app.Tell(Announcement("quiet", to, NotificationPriority.High), Announcement("fire", to, NotificationPriority.Critical), new(to, NotificationType.NewFeature, "new", "!"));

        Assert.Equal([new Notified(0, 1), new Notified(1, 1), new Notified(1, 0)], told);
        Assert.Equal(["fire", "new"], (await person.Titles()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_type_that_is_left_out_is_again_as_of_whoever_never_chose()
    {
        var (person, other) = (await _app.NewPerson(), await _app.NewPerson());
        (await person.PutJson(Path, """{"new_feature":{"in_app":false},"admin_alert":{"email_from":null}}""")).EnsureSuccessStatusCode();
        (await other.PutJson(Path, """{"new_feature":{"in_app":false}}""")).EnsureSuccessStatusCode();
        Assert.Equal("""{"in_app":true,"email_from":null}""", (await person.Data(Path))["admin_alert"]!.ToJsonString());

        var answer = await person.PutJson(Path, """{"new_feature":null}""");

        Assert.Equal(Plain(Defaults), JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["data"]!.ToJsonString());
        Assert.False((bool)(await other.Data(Path))["new_feature"]!["in_app"]!);
    }

    [Theory]
    [InlineData("""{"gossip":{}}""", "NOTIFICATION_TYPE_UNKNOWN", "gossip"), InlineData("""{"new_feature":{"email_from":"urgent"}}""", "PRIORITY_UNKNOWN", "new_feature")]
    [InlineData("""{"new_feature":{"sms":true}}""", "UNKNOWN_FIELD", null), InlineData("""{"new_feature":{},"new_feature":{}}""", "MALFORMED_JSON", null), InlineData("[]", "MALFORMED_JSON", null)]
    public async Task A_choice_that_there_is_not_is_refused_and_changes_nothing(string body, string code, string? field)
    {
        var person = await _app.NewPerson(Policies.Admin);
        await Refusal.Of(person.PutJson(Path, body), HttpStatusCode.BadRequest, code, field);
        Assert.Equal(Plain(Defaults), (await person.Data(Path)).ToJsonString());
    }

    private static string Plain(string json) => JsonNode.Parse(json)!.ToJsonString();
}
