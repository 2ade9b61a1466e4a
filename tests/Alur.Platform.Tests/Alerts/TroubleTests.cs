using Alur.Platform.Alerts;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Resilience;

namespace Alur.Platform.Tests.Alerts;

public sealed class TroubleTests
{
    private const long Mebi = 1024 * 1024;

    [Fact]
    public async Task Parked_lanes_a_lasting_outage_and_a_refusing_destination_are_found()
    {
        await using var desk = await AlertDesk.Open();
        await desk.Execute("""
            insert into platform.breakers (name, state, opened_at, retry_at, last_error) values
                ('a', 'OPEN', now() - interval '3 minutes', now(), 'HTTP 503'), ('b', 'OPEN', now() - interval '1 minute', now(), 'HTTP 503');
            insert into delivery.channels (name, breaker, paused_until, paused_reason) values
                ('fake:away', 'a', null, null), ('fake:blip', 'b', null, null), ('fake:refused', null, now() + interval '5 minutes', 'wrong clock'),
                ('fake:ordered', null, 'infinity', 'maintenance'), ('fake:over', null, now() - interval '1 minute', 'wrong clock');
            insert into delivery.lanes (channel, key, state, head_step, due_at) values
                ('fake:away', '1', 'PARKED', 1, now()), ('fake:away', '2', 'PARKED', 1, now()), ('fake:away', '3', 'OPEN', 1, now()),
                ('fake:blip', '1', 'OPEN', 1, now());
            """);

        var found = await new DeliveryTrouble(desk.Database.App, desk.Options).Find(CancellationToken.None);

        Assert.Equal(["delivery.away:fake:away", "delivery.parked:fake:away", "delivery.paused:fake:refused"], found.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Contains(found, f => f.English.StartsWith("2 queues of fake:away stand still", StringComparison.Ordinal));
        Assert.All(found, f => Assert.StartsWith("delivery.", f.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_destination_for_which_nothing_waits_or_that_is_paused_is_not_away()
    {
        await using var desk = await AlertDesk.Open();
        await desk.Execute("""
            insert into platform.breakers (name, state, opened_at, retry_at) select n, 'OPEN', now() - interval '1 hour', now() from unnest('{a,b,c,d,e}'::text[]) n;
            insert into delivery.channels (name, breaker, paused_until, paused_reason) values
                ('fake:idle', 'a', null, null), ('fake:parked', 'b', null, null), ('fake:off', 'c', 'infinity', 'switched off'),
                ('fake:later', 'd', null, null), ('fake:resumed', 'e', now() - interval '1 minute', 'wrong clock');
            insert into delivery.lanes (channel, key, state, head_step, due_at) values
                ('fake:idle', '1', 'IDLE', 1, now()), ('fake:parked', '1', 'PARKED', 1, now()), ('fake:off', '1', 'OPEN', 1, now()),
                ('fake:later', '1', 'OPEN', 1, now() + interval '1 hour'), ('fake:resumed', '1', 'OPEN', 1, now());
            """);

        var found = await new DeliveryTrouble(desk.Database.App, desk.Options).Find(CancellationToken.None);

        Assert.Equal(
            ["delivery.away:fake:later", "delivery.away:fake:resumed"],
            found.Select(f => f.Name).Where(name => name.StartsWith("delivery.away:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Trouble_with_a_webhook_names_it_as_people_do_and_not_by_its_id()
    {
        await using var desk = await AlertDesk.Open();
        await desk.Execute("""
            insert into platform.webhook_endpoints (id, url, description, event_types, secret, created_by) values
                ('0199d1c2-0000-7000-8000-000000000001', 'https://kasir.example/secret', 'Kasir RS. Contoh', '{antrean.*}', '\x00', 'test'),
                ('0199d1c2-0000-7000-8000-000000000002', 'https://lab.example:9443/secret', '', '{antrean.*}', '\x00', 'test');
            insert into platform.breakers (name, state, opened_at, retry_at, last_error) values ('hook:0199d1c2-0000-7000-8000-000000000001', 'OPEN', now() - interval '3 minutes', now(), 'HTTP 503');
            insert into delivery.channels (name, breaker) values
                ('hook:0199d1c2-0000-7000-8000-000000000001', 'hook:0199d1c2-0000-7000-8000-000000000001'), ('hook:0199d1c2-0000-7000-8000-000000000002', null);
            insert into delivery.lanes (channel, key, state, head_step, due_at) values
                ('hook:0199d1c2-0000-7000-8000-000000000001', '1', 'OPEN', 1, now()), ('hook:0199d1c2-0000-7000-8000-000000000002', '1', 'PARKED', 1, now());
            """);

        var found = (await new DeliveryTrouble(desk.Database.App, desk.Options).Find(CancellationToken.None)).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();

        Assert.Equal(["delivery.away:hook:0199d1c2-0000-7000-8000-000000000001", "delivery.parked:hook:0199d1c2-0000-7000-8000-000000000002"], found.Select(f => f.Name));
        Assert.StartsWith("webhook Kasir RS Contoh (kasir.example) has not answered for more than 2 minutes (HTTP 503). ", found[0].English, StringComparison.Ordinal);
        Assert.StartsWith("1 riwayat pada webhook lab.example:9443 berhenti", found[1].Indonesian, StringComparison.Ordinal);
        Assert.All(found, f => Assert.DoesNotContain("secret", f.English, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pause_that_a_person_ordered_is_no_refusal_and_is_told_when_it_was_forgotten()
    {
        await using var desk = await AlertDesk.Open();
        await desk.Execute("insert into delivery.channels (name) values ('fake:short'), ('fake:long'), ('fake:refused'), ('fake:resumed')");
        var queue = new DeliveryQueue(desk.Database.App, [], new WakeUps(), new ResilienceOptions());
        var somebody = new AuditOrigin(new Actor("desk", ActorKind.ApiKey));
        foreach (var channel in (string[])["fake:short", "fake:long", "fake:resumed"]) await queue.Pause(channel, "maintenance", DateTimeOffset.UtcNow.AddDays(1), somebody);
        await queue.Pause("fake:refused", "wrong clock", DateTimeOffset.UtcNow.AddMinutes(5));
        await desk.Execute("update delivery.channels set paused_at = now() - interval '5 hours' where name in ('fake:long', 'fake:resumed')");
        await queue.Resume("fake:resumed", somebody);

        var found = await new DeliveryTrouble(desk.Database.App, desk.Options).Find(CancellationToken.None);

        Assert.Equal(["delivery.forgotten:fake:long", "delivery.paused:fake:refused"], found.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Contains(found, f => f.English.Contains("paused by a person more than 4 hours ago: maintenance", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_journal_consumer_that_stopped_is_told_without_what_it_said()
    {
        await using var desk = await AlertDesk.Open();
        await desk.Execute("""
            insert into journal.consumers (name, state, position, failed_position, error) values
                ('clinic.board', 'FAILED', 7, 9, 'Siti has no bed.'), ('clinic.wait', 'PAUSED', 7, null, null), ('clinic.runs', 'RUNNING', 7, null, null);
            """);

        var found = Assert.Single(await new JournalTrouble(desk.Database.App, [Follower("clinic.board"), Follower("clinic.wait")]).Find(CancellationToken.None));

        Assert.Equal("journal.consumer:clinic.board", found.Name);
        Assert.StartsWith("The journal consumer clinic.board stopped at the entry 9.", found.English, StringComparison.Ordinal);
        Assert.DoesNotContain("Siti", found.English + found.Indonesian, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_that_has_waited_for_minutes_is_told_and_a_short_wait_is_not()
    {
        await using var desk = await AlertDesk.Open();
        await desk.Execute("""
            insert into journal.consumers (name, position, waits_since, waits_for) values
                ('clinic.away', 7, now() - interval '6 minutes', 'Nobody answers at Siti.'), ('clinic.blip', 7, now() - interval '1 minute', 'Nobody answers.');
            """);

        var found = Assert.Single(await new JournalTrouble(desk.Database.App, [Follower("clinic.away"), Follower("clinic.blip")]).Find(CancellationToken.None));

        Assert.Equal("journal.waits:clinic.away", found.Name);
        Assert.StartsWith("The journal consumer clinic.away has waited since 20", found.English, StringComparison.Ordinal);
        Assert.DoesNotContain("Siti", found.English + found.Indonesian, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_that_no_program_has_any_more_is_nobody_s_trouble_and_that_of_another_node_is()
    {
        await using var desk = await AlertDesk.Open();
        await desk.Execute("""
            insert into journal.consumers (name, state, position, failed_position, error) values ('gone', 'FAILED', 7, 9, 'x'), ('other', 'FAILED', 7, 9, 'x'), ('ours', 'FAILED', 7, 9, 'x');
            insert into journal.consumers (name, position, waits_since, waits_for) values
                ('gone.waits', 7, now() - interval '6 minutes', 'x'), ('other.waits', 7, now() - interval '6 minutes', 'x'), ('ours.waits', 7, now() - interval '6 minutes', 'x');
            insert into platform.leases (name, holder, epoch, until) select 'journal.consumer:' || n, 'x', 1, now() - interval '11 minutes' from unnest('{gone,gone.waits,ours,ours.waits}'::text[]) n;
            insert into platform.leases (name, holder, epoch, until) select 'journal.consumer:' || n, 'x', 1, now() - interval '9 minutes' from unnest('{other,other.waits}'::text[]) n;
            """);

        var found = await new JournalTrouble(desk.Database.App, [Follower("ours"), Follower("ours.waits")]).Find(CancellationToken.None);

        Assert.Equal(["journal.consumer:other", "journal.consumer:ours", "journal.waits:other.waits", "journal.waits:ours.waits"], found.Select(f => f.Name));
    }

    [Theory]
    [InlineData(3000, "")]
    [InlineData(2000, "disk.low")]
    [InlineData(500, "disk.full")]
    public async Task A_disk_that_fills_is_told_before_it_is_full(long megabytes, string condition)
    {
        var guard = new DiskGuard(new AlertsOptions()) { FreeBytes = _ => megabytes * Mebi };
        guard.Watch("/");
        Assert.Equal(condition, string.Join(",", (await guard.Find(CancellationToken.None)).Select(c => c.Name)));
        var refusal = Record.Exception(guard.Check);
        Assert.Equal(megabytes < 512, refusal is DiskFullException);
    }

    [Fact]
    public async Task A_database_on_another_machine_is_not_watched_and_a_real_disk_can_be_read()
    {
        var guard = new DiskGuard(new AlertsOptions { DiskWarnMegabytes = 10_000_000, DiskStopMegabytes = 10_000_000 });
        guard.Check();
        Assert.Empty(await guard.Find(CancellationToken.None));
        guard.Watch(Path.GetTempPath());
        Assert.Single(await guard.Find(CancellationToken.None));
    }

    [Theory]
    [InlineData(null, 23, false)]
    [InlineData(null, 24, true)]
    [InlineData("/", 0, true)]
    public void Who_cannot_see_the_disk_says_for_a_day_neither_that_it_fills_nor_that_it_does_not(string? directory, int hours, bool looks)
    {
        var guard = new DiskGuard(new AlertsOptions()) { Uptime = () => TimeSpan.FromHours(hours) };
        guard.Watch(directory);
        Assert.Equal(looks, guard.Looks);
    }

    [Theory]
    [InlineData("Webhook:Url", "not a url")]
    [InlineData("Smtp:From", null)]
    public void Mistakes_in_the_settings_name_their_key(string key, string? value)
    {
        var options = new AlertsOptions { Webhook = { Url = key == "Webhook:Url" ? value : null } };
        if (key == "Smtp:From") (options.Smtp.Host, options.Smtp.To) = ("mail", "a@b");
        Assert.Contains(options.Validate(new(options)), mistake => mistake.ErrorMessage!.Contains($"Alerts:{key}", StringComparison.Ordinal));
    }

    private static Named Follower(string name) => new(name);

    private sealed record Named(string Name) : IJournalFollower;
}
