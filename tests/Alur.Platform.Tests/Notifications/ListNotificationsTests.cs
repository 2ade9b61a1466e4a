using System.Net;
using System.Text.Json.Nodes;
using Alur.Platform.Notifications;
using Alur.Testing;
using static Alur.Platform.Tests.Notifications.NotificationDesk;

namespace Alur.Platform.Tests.Notifications;

/// <summary><c>GET /api/notifications</c>.</summary>
public sealed class ListNotificationsTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    [Trait("Spec", "D-270"), Trait("Spec", "D-518")]
    public async Task A_notification_has_the_specified_fields_in_snake_case()
    {
        var person = await _app.NewPerson();
        await _app.Tell(new NewNotification(Audience.People(person.Id), NotificationType.DeadlineReminder, "Tenggat", "Besok.", NotificationPriority.High) { Payload = """{"project":"a-1"}""" });

        var item = Assert.Single((await person.Data("/api/notifications")).AsArray())!;

        Assert.Equal(["id", "type", "title", "message", "payload", "priority", "read", "created_at", "read_at"], item.AsObject().Select(member => member.Key));
        Assert.Equal(
            """{"type":"deadline_reminder","title":"Tenggat","message":"Besok.","payload":{"project":"a-1"},"priority":"high","read":false,"read_at":null}""",
            new JsonObject(item.AsObject().Where(member => member.Key is not ("id" or "created_at")).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString());
    }

    [Fact]
    public async Task The_list_is_walked_page_by_page_newest_first_and_what_comes_meanwhile_moves_nothing()
    {
        var person = await _app.NewPerson();
        foreach (var title in (string[])["1", "2", "3", "4", "5"]) await _app.Tell(Announcement(title, Audience.People(person.Id)));

        var first = JsonNode.Parse(await person.Client.GetStringAsync("/api/notifications?limit=2"))!;
        await _app.Tell(Announcement("6", Audience.People(person.Id)));
        var second = JsonNode.Parse(await person.Client.GetStringAsync($"/api/notifications?limit=2&after={(string)first["meta"]!["next"]!}"))!;
        var third = JsonNode.Parse(await person.Client.GetStringAsync($"/api/notifications?limit=2&after={(string)second["meta"]!["next"]!}"))!;

        Assert.Equal(["5", "4", "3", "2", "1"], ((JsonNode[])[first, second, third]).SelectMany(page => page["data"]!.AsArray()).Select(item => (string)item!["title"]!));
        Assert.Null(third["meta"]!["next"]);
    }

    [Fact]
    public async Task Filters_are_by_unread_type_and_priority_and_the_count_tells_what_is_urgent()
    {
        var person = await _app.NewPerson();
        var to = Audience.People(person.Id);
        await _app.Tell(Announcement("announced", to), new(to, NotificationType.AdminAlert, "alert", "!", NotificationPriority.Critical), new(to, NotificationType.NewFeature, "new", "!", NotificationPriority.Low));
        var read = (string)(await person.Data("/api/notifications?type=new_feature"))[0]!["id"]!;
        (await person.Client.PostAsync($"/api/notifications/{read}/read", null)).EnsureSuccessStatusCode();

        Assert.Equal(["alert", "announced"], (await person.Titles("?unread=true")).Order(StringComparer.Ordinal));
        Assert.Equal(["alert", "announced", "new"], (await person.Titles("?unread=false")).Order(StringComparer.Ordinal));
        Assert.Equal(["alert"], await person.Titles("?priority=critical"));
        Assert.Equal(["new"], await person.Titles("?type=new_feature"));
        Assert.Equal("""{"unread":2,"urgent":1}""", (await person.Data("/api/notifications/unread")).ToJsonString());
    }

    [Theory]
    [InlineData("type=gossip", "NOTIFICATION_TYPE_UNKNOWN"), InlineData("priority=urgent", "PRIORITY_UNKNOWN"), InlineData("unread=yes", "INVALID_PARAMETER")]
    [InlineData("after=x", "INVALID_CURSOR"), InlineData("limit=501", "VALIDATION_FAILED"), InlineData("who=me", "UNKNOWN_PARAMETER")]
    public async Task A_mistyped_filter_is_refused(string query, string code)
    {
        var person = await _app.NewPerson();
        await Refusal.Of(person.Client.GetAsync($"/api/notifications?{query}"), HttpStatusCode.BadRequest, code);
    }
}
