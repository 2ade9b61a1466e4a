using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

/// <summary>The shared breaker at work, on real PostgreSQL.</summary>
public sealed class BreakerDeliveryTests
{
    private const string Line = "select format('%s failures %s successes %s', state, consecutive_failures, consecutive_successes) from platform.breakers";

    [Fact]
    [Trait("Spec", "X-013")]
    public async Task Five_failures_open_it_and_then_no_job_is_touched_nor_loses_attempts()
    {
        await using var station = await Open();
        station.Destination.Says(_ => new RetryLater("down", IsOutage: true));
        await station.Enqueue([.. Enumerable.Range(0, 30).Select(v => Station.Job($"v{v:00}", 10))]);

        await station.Pump().RunOnce();

        Assert.Equal("OPEN failures 0 successes 0", await station.Scalar<string>(Line));
        Assert.Equal(4, await station.Scalar<long>("select sum(attempts) from delivery.jobs"));
        Assert.Equal(4, await station.Scalar<long>("select count(*) from delivery.attempts where counted"));
        var calls = station.Destination.Calls.Count;
        await station.MakeDue();
        await station.Pump().RunOnce();
        Assert.Equal(calls, station.Destination.Calls.Count);
        Assert.Equal(30, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'PENDING' and claims = attempts"));
    }

    [Fact]
    [Trait("Spec", "X-013")]
    public async Task A_lone_job_whose_last_attempt_opens_it_keeps_that_attempt_and_is_the_probe()
    {
        await using var station = await Open();
        station.Destination.Says(_ => new RetryLater("down", IsOutage: true));
        await station.Enqueue(Station.Job("v1", 10));
        for (var i = 0; i < 5; i++)
        {
            await station.MakeDue();
            await station.Pump().RunOnce();
        }

        Assert.Equal("OPEN failures 0 successes 0", await station.Scalar<string>(Line));
        Assert.Equal("PENDING claims 4 attempts 4 down", await station.JobLine("v1", 10));
        station.Destination.Says(_ => new Delivered());
        await MakeProbeDue(station);
        await station.Pump().RunOnce();

        Assert.Equal("HALF_OPEN failures 0 successes 1", await station.Scalar<string>(Line));
        Assert.Equal(1, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'SENT'"));
    }

    [Fact]
    [Trait("Spec", "X-013")]
    public async Task Two_probes_that_succeed_close_it_and_jobs_failed_by_the_outage_go_out_again()
    {
        await using var station = await Open();
        station.Destination.Says(_ => new RetryLater("down", IsOutage: true));
        await station.Enqueue([.. Enumerable.Range(0, 5).Select(v => Station.Job($"v{v}", 10, maxAttempts: 1))]);
        await station.Enqueue([.. Enumerable.Range(0, 5).Select(v => Station.Job($"w{v}", 10))]);
        station.Options.Concurrency = 1;
        await station.Pump().RunOnce();
        Assert.Equal(4, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'FAILED' and outage"));

        await MakeProbeDue(station);
        station.Destination.Says(_ => new Delivered());
        await station.Pump().RunOnce();

        Assert.Equal("CLOSED failures 0 successes 0", await station.Scalar<string>(Line));
        Assert.Equal(10, await station.Scalar<long>("select count(*) from delivery.jobs where state = 'SENT'"));
    }

    [Fact]
    [Trait("Spec", "X-013")]
    public async Task One_probe_that_fails_opens_it_again_and_gives_its_attempt_back()
    {
        await using var station = await Open();
        station.Destination.Says(_ => new RetryLater("down", IsOutage: true));
        station.Options.Concurrency = 1;
        await station.Enqueue([.. Enumerable.Range(0, 8).Select(v => Station.Job($"v{v}", 10))]);
        await station.Pump().RunOnce();
        var before = await station.Scalar<long>("select epoch from platform.breakers");

        await MakeProbeDue(station);
        await station.Pump().RunOnce();

        Assert.Equal("OPEN failures 0 successes 0", await station.Scalar<string>(Line));
        Assert.Equal(before + 2, await station.Scalar<long>("select epoch from platform.breakers"));
        Assert.Equal(6, station.Destination.Calls.Count);
        Assert.Equal(4, await station.Scalar<long>("select sum(attempts) from delivery.jobs"));
    }

    [Fact]
    [Trait("Spec", "X-013")]
    public async Task Over_two_nodes_one_probe_is_in_flight()
    {
        await using var station = await Open();
        await Trip(station);
        await station.Enqueue([.. Enumerable.Range(0, 50).Select(v => Station.Job($"p{v}", 10))]);
        var probing = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        station.Destination.Answer = async (_, _) =>
        {
            probing.TrySetResult();
            await answer.Task;
            return new Delivered();
        };
        await MakeProbeDue(station);
        var calls = station.Destination.Calls.Count;

        var nodes = Enumerable.Range(0, 2).Select(_ => station.Pump().RunOnce()).ToArray();
        await probing.Task;
        for (var i = 0; i < 10; i++) await station.Pump().RunOnce();
        Assert.Equal(1, station.Destination.Calls.Count - calls);
        Assert.StartsWith("HALF_OPEN", await station.Scalar<string>(Line), StringComparison.Ordinal);
        answer.SetResult();
        await Task.WhenAll(nodes);
        await station.MakeDue();
        await station.Pump().RunOnce();

        Assert.StartsWith("CLOSED", await station.Scalar<string>(Line), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_that_never_came_back_makes_room_for_another_and_its_late_result_does_not_count()
    {
        await using var station = await Open();
        await Trip(station);
        await station.Enqueue(Station.Job("p1", 10), Station.Job("p2", 10), Station.Job("p3", 10));
        var first = new TaskCompletionSource();
        var called = new TaskCompletionSource();
        var calls = station.Destination.Calls.Count;
        station.Destination.Answer = async (_, _) =>
        {
            if (station.Destination.Calls.Count > calls + 1) return new Delivered();
            called.SetResult();
            await first.Task;
            return new RetryLater("down", IsOutage: true);
        };
        await MakeProbeDue(station);
        var hanging = station.Pump().RunOnce();
        await called.Task;

        await station.Execute("update platform.breakers set probe_until = now() - interval '1 second'");
        await station.Pump().RunOnce();
        Assert.StartsWith("CLOSED", await station.Scalar<string>(Line), StringComparison.Ordinal);
        first.SetResult();
        await hanging;

        Assert.StartsWith("CLOSED failures 0", await station.Scalar<string>(Line), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_success_ends_the_count_and_without_a_count_writes_nothing()
    {
        await using var station = await Open();
        station.Options.Concurrency = 1;
        station.Destination.Says(job => job.Key == "bad" ? new RetryLater("down", IsOutage: true) : new Delivered());
        var untouched = await station.Scalar<string>("select concat(ctid, xmin, xmax) from platform.breakers");
        await station.Enqueue(Station.Job("good", 10));
        await station.Pump().RunOnce();
        Assert.Equal(untouched, await station.Scalar<string>("select concat(ctid, xmin, xmax) from platform.breakers"));
        await station.Enqueue(Station.Job("bad", 10));
        await station.Pump().RunOnce();
        Assert.Equal("CLOSED failures 1 successes 0", await station.Scalar<string>(Line));

        await station.Enqueue(Station.Job("good", 20));
        await station.Pump().RunOnce();

        Assert.Equal("CLOSED failures 0 successes 0", await station.Scalar<string>(Line));
    }

    [Fact]
    public async Task Refusals_show_that_the_destination_is_up()
    {
        await using var station = await Open();
        station.Options.Concurrency = 1;
        var calls = 0;
        station.Destination.Says(_ => ++calls % 5 == 0 ? new Rejected("no") : new RetryLater("down", IsOutage: true));
        await station.Enqueue([.. Enumerable.Range(0, 25).Select(v => Station.Job($"v{v:00}", 10))]);

        await station.Pump().RunOnce();

        Assert.Equal(25, calls);
        Assert.Equal("CLOSED failures 0 successes 0", await station.Scalar<string>(Line));
    }

    private static Task<Station> Open() => Station.Open(breaker: "fake:a");

    private static async Task Trip(Station station)
    {
        station.Destination.Says(_ => new RetryLater("down", IsOutage: true));
        await station.Enqueue([.. Enumerable.Range(0, 5).Select(v => Station.Job($"trip{v}", 10))]);
        await station.Pump().RunOnce();
        Assert.StartsWith("OPEN", await station.Scalar<string>(Line), StringComparison.Ordinal);
    }

    private static async Task MakeProbeDue(Station station)
    {
        await station.Execute("update platform.breakers set retry_at = now() - interval '1 second' where state = 'OPEN'");
        await station.MakeDue();
    }
}
