using System.Net;
using System.Net.Http.Json;
using Alur.Platform.Notifications;
using Alur.Platform.Tests.Audit;
using Alur.Testing;
using static Alur.Platform.Tests.Notifications.NotificationDesk;

namespace Alur.Platform.Tests.Notifications;

/// <summary>Marking as read.</summary>
public sealed class ReadNotificationsTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task One_is_read_once_and_the_moment_of_the_first_time_stays()
    {
        var person = await _app.NewPerson();
        await _app.Tell(Announcement("a", Audience.People(person.Id)));
        var id = (string)(await person.Data("/api/notifications"))[0]!["id"]!;

        var first = await (await person.Client.PostAsync($"/api/notifications/{id}/read", null)).Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonNode>();
        var again = await (await person.Client.PostAsync($"/api/notifications/{id}/read", null)).Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonNode>();

        Assert.Equal(first!["data"]!.ToJsonString(), again!["data"]!.ToJsonString());
        var read = (await person.Data("/api/notifications"))[0]!;
        Assert.True((bool)read["read"]!);
        Assert.Equal((string)first["data"]!["read_at"]!, (string)read["read_at"]!);
    }

    [Fact]
    public async Task Somebody_elses_is_not_there_and_stays_unread()
    {
        var (person, other) = (await _app.NewPerson(), await _app.NewPerson());
        await _app.Tell(Announcement("a", Audience.People(person.Id)));
        var id = (string)(await person.Data("/api/notifications"))[0]!["id"]!;

        foreach (var unknown in (string[])[id, Guid.NewGuid().ToString(), "x"])
            await Refusal.Of(other.Client.PostAsync($"/api/notifications/{unknown}/read", null), HttpStatusCode.NotFound, "NOTIFICATION_NOT_FOUND");
        await Refusal.Of(other.Client.PostAsJsonAsync("/api/notifications/read-all", new { up_to = id }), HttpStatusCode.NotFound, "NOTIFICATION_NOT_FOUND");

        Assert.Equal(["a"], await person.Titles("?unread=true"));
        Assert.Empty(await other.Titles());
    }

    [Fact]
    public async Task All_are_read_up_to_what_was_seen_and_what_came_meanwhile_stays_unread()
    {
        var (person, other) = (await _app.NewPerson(), await _app.NewPerson());
        foreach (var title in (string[])["1", "2", "3"]) await _app.Tell(Announcement(title, Audience.People(person.Id, other.Id)));
        var seen = (string)(await person.Data("/api/notifications"))[0]!["id"]!;
        await _app.Tell(Announcement("4", Audience.People(person.Id)));

        var answer = await person.Client.PostAsJsonAsync("/api/notifications/read-all", new { up_to = seen });

        Assert.Contains("\"data\":{\"read\":3}", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["4"], await person.Titles("?unread=true"));
        Assert.Equal(["3", "2", "1"], await other.Titles("?unread=true"));
    }

    [Fact]
    public async Task Reading_all_says_up_to_which_one()
    {
        var person = await _app.NewPerson();
        var missing = await Refusal.Of(person.Client.PostAsJsonAsync("/api/notifications/read-all", new { }), HttpStatusCode.BadRequest, "VALIDATION_FAILED", "up_to");
        Assert.Equal("The up_to field is required.", (string?)missing["errors"]!["up_to"]![0]);
        await Refusal.Of(person.Client.PostAsync("/api/notifications/read-all", null), HttpStatusCode.BadRequest, "BODY_REQUIRED");
    }

    [Fact]
    public async Task What_was_read_is_kept_for_90_days_and_what_was_not_for_a_year()
    {
        var person = await _app.NewPerson();
        foreach (var title in (string[])["read long ago", "read lately", "unread for long", "unread"]) await _app.Tell(Announcement(title, Audience.People(person.Id)));
        await _app.Database.Execute($"""
            update realtime.real_time_notifications set created_at = now() - interval '100 days', read = true, read_at = now() - interval '91 days' where user_id = '{person.Id}' and title = 'read long ago';
            update realtime.real_time_notifications set created_at = now() - interval '300 days', read = true, read_at = now() - interval '89 days' where user_id = '{person.Id}' and title = 'read lately';
            update realtime.real_time_notifications set created_at = now() - interval '366 days' where user_id = '{person.Id}' and title = 'unread for long';
            update realtime.real_time_notifications set created_at = now() - interval '364 days' where user_id = '{person.Id}' and title = 'unread';
            """);

        Assert.Equal(2, await new KeepNotifications(_app.Database.App).RunOnce(CancellationToken.None));

        Assert.Equal(["read lately", "unread"], (await person.Titles()).Order(StringComparer.Ordinal));
    }
}
