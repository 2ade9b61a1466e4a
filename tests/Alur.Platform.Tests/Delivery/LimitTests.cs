using System.Collections.Concurrent;
using System.Diagnostics;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Platform.Tests.Delivery;

public sealed class LimitTests
{
    [Fact]
    public async Task A_channel_has_no_more_lanes_in_flight_than_it_may_over_all_nodes()
    {
        await using var station = await Station.Open(limits: new ChannelLimits(MaxConcurrent: 3));
        var (inFlight, most) = (0, 0);
        station.Destination.Answer = async (_, ct) =>
        {
            var now = Interlocked.Increment(ref inFlight);
            InterlockedMax(ref most, now);
            await Task.Delay(5, ct);
            Interlocked.Decrement(ref inFlight);
            return new Delivered();
        };
        await station.Enqueue([.. from v in Enumerable.Range(0, 60) from step in (int[])[10, 20] select Station.Job($"v{v}", step)]);

        await DrainWith(station, pumps: 4);

        Assert.Equal(120, station.Destination.Calls.Count);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task A_channel_starts_no_more_calls_per_second_than_it_may_over_all_nodes()
    {
        await using var station = await Station.Open(limits: new ChannelLimits(MaxPerSecond: 40));
        var starts = new ConcurrentQueue<double>();
        var clock = Stopwatch.StartNew();
        station.Destination.Says(_ =>
        {
            starts.Enqueue(clock.Elapsed.TotalSeconds);
            return new Delivered();
        });
        await station.Enqueue([.. from v in Enumerable.Range(0, 40) from step in (int[])[10, 20] select Station.Job($"v{v}", step)]);

        await DrainWith(station, pumps: 3);

        // The bucket holds a fifth of a second; whatever comes above that comes at the rate.
        Assert.Equal(80, starts.Count);
        Assert.True(clock.Elapsed.TotalSeconds >= (80 - 8) / 40.0 * 0.95, $"80 calls in {clock.Elapsed}");
    }

    [Fact]
    public async Task Used_up_rate_says_when_to_come_back()
    {
        await using var station = await Station.Open(limits: new ChannelLimits(MaxPerSecond: 0.5));
        await station.Execute("update delivery.channels set tokens = 1");
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v2", 10));

        var result = await station.Pump().RunOnce();

        Assert.Equal(1, result.Delivered);
        Assert.InRange(result.NextIn!.Value.TotalSeconds, 0.1, 2.1);
    }

    [Fact]
    public async Task A_flooding_channel_leaves_every_other_turn_to_the_other()
    {
        await using var station = await Station.Open("fake:flood");
        await station.Queue().EnsureChannel("fake:trickle", new ChannelLimits(), breaker: null);
        station.Options.Concurrency = 4;
        station.Options.RunLength = 1;
        await station.Enqueue("fake:flood", [.. Enumerable.Range(0, 400).Select(v => Station.Job($"f{v}", 10))]);
        await station.Enqueue("fake:trickle", [.. Enumerable.Range(0, 40).Select(v => Station.Job($"t{v}", 10))]);

        await station.Pump().RunOnce();

        var lastOfTrickle = station.Destination.Calls.Select((c, i) => (c, i)).Last(x => x.c.Channel == "fake:trickle").i;
        Assert.Equal(440, station.Destination.Calls.Count);
        Assert.InRange(lastOfTrickle, 40, 200);
    }

    [Fact]
    public async Task A_flood_of_calls_that_hang_does_not_hold_all_senders()
    {
        await using var station = await Station.Open("fake:flood");
        await station.Queue().EnsureChannel("fake:trickle", new ChannelLimits(), breaker: null);
        station.Options.Concurrency = 4;
        var trickled = new TaskCompletionSource();
        station.Destination.Answer = async (job, _) =>
        {
            if (job.Channel == "fake:trickle") trickled.TrySetResult();
            else await trickled.Task;
            return new Delivered();
        };
        await station.Enqueue("fake:flood", [.. Enumerable.Range(0, 50).Select(v => Station.Job($"f{v}", 10))]);
        var wakeUps = new WakeUps();
        var running = station.Pump(wakeUps).RunOnce();
        await station.Enqueue("fake:trickle", Station.Job("t", 10));
        wakeUps.Wake("fake:trickle");

        var result = await running;

        Assert.Equal(51, result.Delivered);
    }

    [Fact]
    public async Task A_paused_channel_touches_no_job_until_it_is_resumed()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10));
        Assert.True(await station.Queue().Pause("fake:a", "Maintenance"));
        var before = await station.Scalar<uint>("select xmin::text::bigint::oid from delivery.jobs");

        await station.Pump().RunOnce();

        Assert.Empty(station.Destination.Calls);
        Assert.Equal(before, await station.Scalar<uint>("select xmin::text::bigint::oid from delivery.jobs"));
        Assert.Equal("Maintenance/true", await station.Scalar<string>("select paused_reason || '/' || (paused_until = 'infinity')::text from delivery.channels"));
        Assert.True(await station.Queue().Resume("fake:a"));
        await station.Pump().RunOnce();
        Assert.Single(station.Destination.Calls);
        Assert.False(await station.Queue().Pause("fake:none", "?"));
    }

    [Fact]
    public async Task The_reason_of_a_pause_is_kept_on_one_line_and_without_what_moves_a_terminal()
    {
        await using var station = await Station.Open();

        await station.Queue().Pause("fake:a", "wait\r\n\u001b[2J\0now");

        Assert.Equal("wait  \uFFFD[2J\uFFFDnow", Assert.Single(await station.Queue().Paused()).Reason);
    }

    [Fact]
    public async Task Refused_credentials_pause_the_channel_at_once_and_are_nobodys_attempt()
    {
        await using var station = await Station.Open();
        station.Options.Concurrency = 2;
        station.Destination.Says(_ => new NotYet(DateTimeOffset.UtcNow.AddMinutes(10), "Signature salah", PauseChannel: true));
        await station.Enqueue([.. Enumerable.Range(0, 30).Select(v => Station.Job($"v{v}", 10))]);

        await station.Pump().RunOnce();

        Assert.InRange(station.Destination.Calls.Count, 1, 4);
        Assert.Equal(30, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'PENDING' and claims = 0 and attempts = 0"));
        Assert.Equal("Signature salah", await station.Scalar<string>("select paused_reason from delivery.channels where paused_until > now() + interval '9 minutes'"));
        var told = Assert.Single(station.Log.Lines, line => line.StartsWith("Channel fake:a makes no calls until ", StringComparison.Ordinal));
        Assert.EndsWith("Z: Signature salah", told, StringComparison.Ordinal);
        var paused = Assert.Single(await station.Queue().Paused());
        Assert.Equal(("fake:a", "Signature salah"), (paused.Name, paused.Reason));
        Assert.True(paused.Until > DateTimeOffset.UtcNow.AddMinutes(9));
        await station.Queue().Pause("fake:a", "Until I say so");
        Assert.Equal(new PausedChannel("fake:a", Until: null, "Until I say so"), Assert.Single(await station.Queue().Paused()));
    }

    [Fact]
    public async Task A_pause_lasts_as_long_as_it_should_where_the_databases_clock_is_ahead_of_ours()
    {
        await using var station = await Station.Open();
        await using (var clock = station.Database.Owner.CreateCommand("""
            create schema ahead;
            create function ahead.now() returns timestamptz language sql stable as $$ select pg_catalog.now() + interval '1 hour' $$;
            grant usage on schema ahead to alur_app;
            """))
            await clock.ExecuteNonQueryAsync();
        await using var ahead = NpgsqlDataSource.Create(station.Database.AppConnectionString + ";Search Path=ahead,pg_catalog");
        station.Destination.Says(_ => new NotYet(DateTimeOffset.UtcNow.AddMinutes(10), "Signature salah", PauseChannel: true));
        await station.Enqueue(Station.Job("v1", 10));

        await new DeliveryPump(ahead, [station.Destination], station.Options, null).RunOnce();

        Assert.Single(station.Destination.Calls);
        Assert.Equal("Signature salah", await station.Scalar<string>("select paused_reason from delivery.channels where paused_until > now() + interval '69 minutes'"));
    }

    [Fact]
    public async Task A_refused_call_does_not_shorten_a_pause_that_somebody_ordered()
    {
        await using var station = await Station.Open();
        station.Destination.Answer = async (_, ct) =>
        {
            await station.Queue().Pause("fake:a", "Until I say so", ct: ct);
            return new NotYet(DateTimeOffset.UtcNow.AddMinutes(10), "Signature salah", PauseChannel: true);
        };
        await station.Enqueue(Station.Job("v1", 10));

        await station.Pump().RunOnce();

        Assert.Equal("Until I say so", await station.Scalar<string>("select paused_reason from delivery.channels where paused_until = 'infinity'"));
    }

    [Fact]
    public async Task A_refused_call_leaves_a_shorter_pause_that_somebody_ordered_with_its_reason()
    {
        await using var station = await Station.Open();
        station.Destination.Answer = async (_, ct) =>
        {
            await station.Queue().Pause("fake:a", "Lunch", DateTimeOffset.UtcNow.AddMinutes(5), ct);
            return new NotYet(DateTimeOffset.UtcNow.AddMinutes(10), "Signature salah", PauseChannel: true);
        };
        await station.Enqueue(Station.Job("v1", 10));

        await station.Pump().RunOnce();

        Assert.Equal("Lunch", await station.Scalar<string>("select paused_reason from delivery.channels where paused_until < now() + interval '6 minutes'"));
    }

    private static Task DrainWith(Station station, int pumps) => Task.WhenAll(Enumerable.Range(0, pumps).Select(_ => Task.Run(async () =>
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (await station.Scalar<long>("select count(*) from delivery.jobs where state <> 'SENT'") > 0)
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "Not drained in time.");
            var result = await station.Pump().RunOnce();
            if (result.Lanes == 0) await Task.Delay(result.NextIn ?? TimeSpan.FromMilliseconds(5));
        }
    })));

    private static void InterlockedMax(ref int most, int value)
    {
        var seen = Volatile.Read(ref most);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
