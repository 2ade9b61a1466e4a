namespace Alur.Platform.Tests.Alerts;

public sealed class TellAlertsTests
{
    private const string Told = "select title from realtime.real_time_notifications order by created_at, id";

    private const string Sent = "select (payload ->> 'text') || case step when 0 then ' begins' else ' ends' end from delivery.jobs where channel = 'webhook:alerts' order by id";

    [Fact]
    public async Task Trouble_that_comes_and_goes_is_recorded_every_time_and_told_as_one()
    {
        await using var desk = await Open();
        for (var turn = 0; turn < 30; turn++)
        {
            await desk.Look("x");
            await desk.Pass(1);
            await desk.Look();
            await desk.Pass(1);
        }

        Assert.Equal(["30"], await desk.Column("select count(*) from platform.alerts where cleared_at is not null"));
        Assert.Equal(["x is broken begins", "x is broken ends", "x is broken begins"], await desk.Column(Sent));
        Assert.Equal(["x is broken", "Over: x is broken", "Again: x is broken"], await desk.Column(Told));
        Assert.EndsWith(" UTC. It comes and goes: that it is over is told when it has been away for an hour.", (await desk.Column("select message from realtime.real_time_notifications where title like 'Again%'"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_end_is_told_when_it_has_been_away_for_an_hour_with_the_time_since_which_it_came_and_went()
    {
        await using var desk = await Open();
        foreach (var wrong in (string?[])["x", null, "x", null, "x", null]) await desk.Look(wrong);
        await desk.Pass(59);
        await desk.Look();
        Assert.Equal(3, (await desk.Column(Told)).Count);
        await desk.Pass(1);
        await desk.Look();
        await desk.Look();

        Assert.Equal("Over: x is broken", Assert.Single((await desk.Column(Told)).Skip(3)));
        Assert.Equal(["True"], await desk.Column("""
            select t.over_at = (select max(cleared_at) from platform.alerts) and a.raised_at = (select raised_at from platform.alerts order by id offset 1 limit 1)
            from platform.told_alerts t join platform.alerts a on a.id = t.alert_id where t.comes_back
            """));
    }

    [Fact]
    public async Task What_is_back_within_the_hour_and_stays_was_told_at_once_and_nobody_was_told_that_it_is_over()
    {
        await using var desk = await Open();
        foreach (var wrong in (string?[])["x", null, "x", null, "x"]) await desk.Look(wrong);
        await desk.Pass(300);
        await desk.Look("x");
        Assert.Equal(["x is broken", "Over: x is broken", "Again: x is broken"], await desk.Column(Told));
    }

    [Fact]
    public async Task After_an_hour_without_it_trouble_is_told_as_for_the_first_time()
    {
        await using var desk = await Open();
        await desk.Look("x");
        await desk.Look();
        await desk.Pass(61);
        await desk.Look("x");
        await desk.Look();
        Assert.Equal(["x is broken", "Over: x is broken", "x is broken", "Over: x is broken"], await desk.Column(Told));
    }

    [Fact]
    public async Task What_was_recorded_by_a_clock_that_has_been_set_back_since_delays_no_end_and_ends_nothing_early()
    {
        await using var desk = await Open();
        foreach (var wrong in (string?[])["x", null, "x"]) await desk.Look(wrong);
        await desk.Pass(-60 * 24);
        await desk.Look();
        Assert.Equal(["x is broken", "Over: x is broken", "Again: x is broken", "Over: x is broken"], await desk.Column(Told));

        // And by the clock that is right now it comes and goes as ever.
        foreach (var wrong in (string?[])["x", null, "x", null, "x", null]) await desk.Look(wrong);
        Assert.Equal(["x is broken", "Over: x is broken", "Again: x is broken"], (await desk.Column(Told)).Skip(4));
    }

    [Fact]
    public async Task One_trouble_that_comes_and_goes_keeps_no_other_quiet()
    {
        await using var desk = await Open();
        foreach (var wrong in (string?[])["x", null, "x", null, "x"]) await desk.Look(wrong);
        desk.Wrong = [AlertDesk.Trouble("x"), AlertDesk.Trouble("y")];
        await desk.Raise.RunOnce(CancellationToken.None);
        desk.Wrong = [AlertDesk.Trouble("x")];
        await desk.Raise.RunOnce(CancellationToken.None);
        Assert.Equal(["y is broken", "Over: y is broken"], (await desk.Column(Told)).Skip(3));
    }

    [Fact]
    public async Task In_Indonesian_it_is_said_that_it_comes_and_goes_to_chats_too()
    {
        await using var desk = await Open("id");
        foreach (var wrong in (string?[])["x", null, "x"]) await desk.Look(wrong);
        var last = Alur.Platform.Alerts.Alert.FromPayload((await desk.Column("select payload::text from delivery.jobs where channel = 'webhook:alerts' order by id desc limit 1"))[0]);
        Assert.Equal("Alur di simrs: lagi: x rusak (Gangguan ini hilang timbul: baru diberitahukan pulih setelah satu jam tidak muncul lagi)", last.Subject("simrs"));
    }

    [Fact]
    public async Task Lists_that_cannot_be_written_hold_no_alert_up_and_get_it_at_the_next_look()
    {
        await using var desk = await Open();
        await desk.Execute("create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$; create trigger refuse before insert on realtime.websocket_message_queue execute function public.refuse()");
        Assert.Equal(new(1, 0), await desk.Look("x"));
        Assert.Equal(new(0, 1), await desk.Look());

        Assert.Equal(["x is broken begins", "x is broken ends"], await desk.Column(Sent));
        Assert.Empty(await desk.Column(Told));
        Assert.Single(desk.Log.Lines, line => line.StartsWith("Alerts cannot be put into the lists of people: ", StringComparison.Ordinal));

        await desk.Execute("drop trigger refuse on realtime.websocket_message_queue");
        await desk.Look();
        await desk.Look();
        Assert.Equal(["x is broken", "Over: x is broken"], await desk.Column(Told));
    }

    [Fact]
    public async Task Whoever_holds_an_admin_s_row_holds_up_neither_the_record_nor_the_channels_of_alerts()
    {
        await using var desk = await Open();
        await using (var connection = await desk.Database.Owner.OpenConnectionAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            await using (var hold = new Npgsql.NpgsqlCommand("select from identity.users for update", connection, tx)) await hold.ExecuteNonQueryAsync();
            Assert.Equal(new(1, 0), await desk.Look("x"));
            Assert.Equal(["x is broken begins"], await desk.Column(Sent));
            Assert.Empty(await desk.Column(Told));
        }

        await desk.Look("x");
        await desk.Look("x");
        Assert.Equal(["x is broken"], await desk.Column(Told));
    }

    private static async Task<AlertDesk> Open(string language = "en")
    {
        var desk = await AlertDesk.Open(new() { Language = language, Webhook = { Url = "http://127.0.0.1:1/" } });
        await desk.Person("one@rs.example", "admin");
        return desk;
    }
}
