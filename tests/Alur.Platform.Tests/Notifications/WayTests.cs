using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Platform.Realtime;
using Alur.Platform.Tests.Audit;
using Alur.Platform.Tests.Delivery;
using Alur.Platform.Tests.Realtime;
using Alur.Platform.Webhooks;
using Alur.Testing;
using static Alur.Platform.Tests.Notifications.NotificationDesk;

namespace Alur.Platform.Tests.Notifications;

/// <summary>By which ways people are told: on their devices and by e-mail, beside the list.</summary>
public sealed class WayTests : IAsyncLifetime
{
    private const string Broadcasts = "/api/admin/broadcasts";

    private const string TenThousand = """
        with made as (
            insert into identity.users (id, email, password, name)
            select gen_random_uuid(), 'many-' || n || '@rs.example', '$2b$12$' || repeat('a', 53), 'Siti' from generate_series(1, 10000) n
            returning id
        ), signing as (
            insert into identity.sign_ins (user_id) select id from made
        ), wishing as (
            insert into realtime.notification_preferences (user_id, type, in_app, email_from) select id, 'new_feature', true, 'low' from made
        )
        insert into identity.user_grants (user_id, name, granted_by) select id, 'integration', 'test' from made
        """;

    private static readonly Dictionary<string, string?> WithMail = new(StringComparer.Ordinal) { ["Mail:Smtp:Host"] = "127.0.0.1", ["Mail:Smtp:From"] = "alur@rs.example" };

    private AlurApp? _app;

    private AlurApp App => _app!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => _app = await AlurApp.Start(WithMail, add: services => services.AddSocketLoops());

    /// <inheritdoc />
    public ValueTask DisposeAsync() => App.DisposeAsync();

    [Theory]
    [InlineData("system_announcement", "admin_broadcast"), InlineData("new_feature", "admin_broadcast"), InlineData("admin_alert", "system_alert")]
    [Trait("Spec", "D-239"), Trait("Spec", "D-240"), Trait("Spec", "D-500")]
    public async Task A_broadcast_comes_to_an_open_socket_as_it_stands_in_the_list(string type, string eventType)
    {
        var person = await App.NewPerson(Policies.Client, "front-office");
        using var line = await Attach(person);

        (await App.AsAdmin().PostAsJsonAsync(Broadcasts, new { type, title = "Halo", message = "Besok \"libur\".", to = "grant:front-office", priority = "high" })).EnsureSuccessStatusCode();

        var message = await line.Message();
        Assert.Equal((eventType, -10), ((string?)message["event_type"], (int)message["priority"]!));
        var listed = (await person.Data("/api/notifications"))[0];
        Assert.True(JsonNode.DeepEquals(listed, message["payload"]), $"{listed} {message["payload"]}");
    }

    [Fact]
    public async Task Whoever_is_not_there_is_told_when_they_come()
    {
        var person = await App.NewPerson();
        await App.Tell(Announcement("later", Audience.People(person.Id)), Announcement("first", Audience.People(person.Id), NotificationPriority.Critical));

        using var line = await Attach(person);

        Assert.Equal("first", (string?)(await line.Message())["payload"]!["title"]);
        Assert.Equal("later", (string?)(await line.Message())["payload"]!["title"]);
    }

    [Fact]
    public async Task By_mail_is_told_what_somebody_wants_so()
    {
        var (person, other) = (await App.NewPerson(), await App.NewPerson());
        (await person.PutJson("/api/notifications/preferences", """{"new_feature":{"in_app":false,"email_from":"high"}}""")).EnsureSuccessStatusCode();
        var to = Audience.People(person.Id, other.Id);

        await App.Tell(new(to, NotificationType.NewFeature, "small", "!"), new NewNotification(to, NotificationType.NewFeature, "big", "Lihat.", NotificationPriority.High));

        Assert.Equal([$"{person.Id} Alur: big Lihat."], await App.Database.Column(
            "select key || ' ' || (payload ->> 'subject') || ' ' || split_part(payload ->> 'body', E'\\n', 1) from delivery.jobs where channel = 'mail'"));
        Assert.Empty(await person.Titles());
        Assert.Equal(["big", "small"], (await other.Titles()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Other_systems_hear_of_it_by_ids_type_and_priority_and_nothing_that_may_name_people()
    {
        var person = await App.NewPerson();
        var receiver = Guid.NewGuid();
        await App.Database.Execute($$"""
            insert into platform.webhook_endpoints (id, url, event_types, secret, created_by) values ('{{receiver}}', 'https://receiver.example/', '{notification.*}', '\x00', 'test');
            insert into delivery.channels (name) values ('{{HookNames.Channel(receiver)}}');
            """);

        await App.Tell(Announcement("Ratna Sari Dewi", Audience.People(person.Id), NotificationPriority.High), Announcement("nobody", Audience.People()));

        var body = JsonNode.Parse(Assert.Single(await App.Database.Column($"select payload ->> 'body' from delivery.jobs where channel = '{HookNames.Channel(receiver)}'")))!;
        var id = (string)(await person.Data("/api/notifications"))[0]!["id"]!;
        Assert.Equal("notification.system_announcement", (string?)body["type"]);
        Assert.Equal(
            $$"""{"type":"system_announcement","priority":"high","broadcast_id":null,"people":1,"notifications":["{{id}}"]}""", body["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData("delivery.jobs"), InlineData("realtime.websocket_message_queue"), InlineData("audit.audit_logs")]
    public async Task When_one_way_refuses_nobody_is_told_in_any(string refusing)
    {
        var person = await App.NewPerson(Policies.Client, "integration");
        (await person.PutJson("/api/notifications/preferences", """{"new_feature":{"email_from":"low"}}""")).EnsureSuccessStatusCode();
        using var admin = App.AsAdmin();
        await App.Database.Execute($"create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create trigger refuse before insert on {refusing} execute function public.refuse()");
        var broadcast = new { type = "new_feature", title = "never", message = "!", to = "grant:integration" };

        await Refusal.Of(admin.PostAsJsonAsync(Broadcasts, broadcast), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");

        Assert.Equal(["0 0 0 0 0"], await Kept());
        await App.Database.Execute("drop function public.refuse cascade");
        (await admin.PostAsJsonAsync(Broadcasts, broadcast)).EnsureSuccessStatusCode();
        Assert.Equal(["1 1 1 1 1"], await Kept());
    }

    [Fact]
    public async Task Ten_thousand_people_are_told_in_as_many_statements_as_one()
    {
        await using var app = await AlurApp.Start(WithMail); // without loops, whose statements would be counted too
        var one = await app.NewPerson();
        (await one.PutJson("/api/notifications/preferences", """{"new_feature":{"email_from":"low"}}""")).EnsureSuccessStatusCode();
        await app.Database.Execute(TenThousand);

        var (few, told) = await Count(app, Audience.People(one.Id));
        Assert.Equal(new Notified(1, 1), told);
        var (many, all) = await Count(app, Audience.Grant("integration"));

        Assert.Equal(new Notified(10_000, 10_000), all);
        Assert.Equal(few, many);
        Assert.InRange(many, 4, 12);
        Assert.Equal(["10000"], await app.Database.Column("select count(distinct user_id) from realtime.websocket_message_queue where event_type = 'admin_broadcast' and user_id in (select user_id from identity.user_grants)"));
    }

    private Task<List<string>> Kept() => App.Database.Column("""
        select concat_ws(' ', (select count(*) from realtime.real_time_notifications), (select count(*) from realtime.broadcasts), (select count(*) from realtime.websocket_message_queue),
            (select count(*) from delivery.jobs), (select count(*) from audit.audit_logs where resource = 'broadcasts'))
        """);

    private static async Task<(int Statements, Notified Told)> Count(AlurApp app, Audience to)
    {
        using var count = new StatementCount(app.Database.App);
        var told = await app.Tell(new NewNotification(to, NotificationType.NewFeature, "Baru", "Lihat."));
        return (count.Executed, told.Single());
    }

    private async Task<Line> Attach(Person person)
    {
        var wire = new ClientWebSocket();
        wire.Options.SetRequestHeader("Authorization", person.Client.DefaultRequestHeaders.Authorization!.ToString());
        await wire.ConnectAsync(new Uri($"ws://{App.Address.Authority}/ws"), CancellationToken.None);
        var line = new Line(wire);
        Assert.NotNull(await line.Greeting());
        return line;
    }
}
