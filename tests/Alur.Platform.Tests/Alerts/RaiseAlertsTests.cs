using static Alur.Platform.Tests.Alerts.AlertDesk;

namespace Alur.Platform.Tests.Alerts;

public sealed class RaiseAlertsTests
{
    [Fact]
    public async Task Trouble_is_told_once_when_it_begins_and_once_when_it_is_over()
    {
        await using var desk = await Open(new() { Language = "en", Webhook = { Url = "http://127.0.0.1:1/" }, Smtp = { Host = "127.0.0.1", From = "a@b", To = "c@d" } });
        desk.Wrong = [Trouble("x"), Trouble("y")];
        Assert.Equal(new(2, 0), await desk.Raise.RunOnce(CancellationToken.None));
        Assert.Equal(new(0, 0), await desk.Raise.RunOnce(CancellationToken.None));
        desk.Wrong = [Trouble("y")];
        Assert.Equal(new(0, 1), await desk.Raise.RunOnce(CancellationToken.None));
        Assert.Equal(new(0, 0), await desk.Raise.RunOnce(CancellationToken.None));

        Assert.Equal(["test.x over", "test.y open"], await desk.Column(
            "select name || case when cleared_at is null then ' open' else ' over' end from platform.alerts order by name"));
        Assert.Equal(["smtp:alerts 0 x is broken", "smtp:alerts 0 y is broken", "smtp:alerts 1 x is broken", "webhook:alerts 0 x is broken", "webhook:alerts 0 y is broken", "webhook:alerts 1 x is broken"],
            await desk.Column("select channel || ' ' || step || ' ' || (payload ->> 'text') from delivery.jobs order by 1"));
    }

    [Fact]
    [Trait("Spec", "D-297")]
    public async Task Those_who_run_the_installation_are_told_when_it_begins_and_when_it_is_over_and_by_mail_only_once()
    {
        await using var desk = await Open(new() { Language = "en", Smtp = { Host = "127.0.0.1", From = "a@b", To = "one@rs.example, x@y" } });
        foreach (var email in (string[])["one@rs.example", "two@rs.example", "client@rs.example"])
            await desk.Person(email, email[0] == 'c' ? "client" : "admin");

        desk.Wrong = [new("test.x", "x rusak.", "x is broken. Mend it.")];
        await desk.Raise.RunOnce(CancellationToken.None);
        desk.Wrong = [];
        await desk.Raise.RunOnce(CancellationToken.None);

        const string Told = "select u.email || ' ' || n.type || ' ' || n.priority || ' ' || n.title from realtime.real_time_notifications n join identity.users u on u.id = n.user_id order by 1";
        Assert.Equal(
            ["one@rs.example admin_alert high x is broken.", "one@rs.example admin_alert medium Over: x is broken.", "two@rs.example admin_alert high x is broken.", "two@rs.example admin_alert medium Over: x is broken."],
            await desk.Column(Told));
        Assert.Equal(["two@rs.example Alur: x is broken."], await desk.Column(
            "select u.email || ' ' || (j.payload ->> 'subject') from delivery.jobs j join identity.users u on u.id::text = j.key where j.channel = 'mail'"));
        Assert.Matches("^Mend it\\.\nSince .* UTC\\.$", (await desk.Column("select message from realtime.real_time_notifications where priority = 'high'"))[0]);
        Assert.Equal(["4"], await desk.Column("select count(*) from realtime.websocket_message_queue where event_type = 'system_alert'"));
    }

    [Fact]
    public async Task Where_nobody_can_look_nothing_is_said_to_be_over()
    {
        await using var desk = await Open();
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        desk.Wrong = null;
        Assert.Equal(new(0, 0), await desk.Raise.RunOnce(CancellationToken.None));
        Assert.Equal(["1"], await desk.Column("select count(*) from platform.alerts where cleared_at is null"));
    }

    [Fact]
    public async Task Who_does_not_look_ends_nothing_and_is_no_failure()
    {
        await using var desk = await Open();
        await desk.Look("x");
        desk.Looks = false;
        Assert.Equal(new(0, 0), await desk.Look());
        Assert.Single(desk.Log.Lines);
        desk.Looks = true;
        Assert.Equal(new(0, 1), await desk.Look());
    }

    [Fact]
    public async Task A_clock_that_was_set_back_keeps_no_alert_quiet()
    {
        await using var desk = await Open(new() { Language = "en", Webhook = { Url = "http://127.0.0.1:1/" } });
        await desk.Look("x");
        await desk.Pass(-60 * 24); // the clock was a day ahead
        Assert.Equal(new(1, 1), await desk.Look("disk"));

        Assert.Equal(["disk is broken 0", "x is broken 0", "x is broken 1"], await desk.Column("select (payload ->> 'text') || ' ' || step from delivery.jobs order by 1"));
        Assert.Equal(["True"], await desk.Column("select cleared_at = raised_at from platform.alerts where name = 'test.x'"));
    }

    [Fact]
    public async Task Two_nodes_that_look_at_once_raise_one_alert()
    {
        await using var desk = await Open();
        desk.Wrong = [Trouble("x")];
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => desk.Raise.RunOnce(CancellationToken.None)));
        Assert.Equal(1, results.Sum(r => r.Raised));
    }

    [Fact]
    public async Task Indonesian_is_the_language_unless_English_is_chosen_and_that_of_the_log_is_English()
    {
        await using var desk = await Open(new());
        desk.Wrong = [Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        Assert.Equal(["x rusak"], await desk.Column("select text from platform.alerts"));
        Assert.Equal(["Alert test.x: x is broken"], desk.Log.Lines);

        desk.Wrong = [];
        await desk.Raise.RunOnce(CancellationToken.None);
        Assert.Matches(@"^Over: alert test\.x, which began at \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$", desk.Log.Lines[^1]);
    }
}
