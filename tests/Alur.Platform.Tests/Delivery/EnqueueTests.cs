using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

public sealed class EnqueueTests
{
    [Fact]
    [Trait("Spec", "A-143")]
    public async Task Enqueuing_again_makes_no_second_job_and_a_pending_one_gets_the_new_payload()
    {
        await using var station = await Station.Open();
        Assert.Equal(2, await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20)));
        Assert.Equal(1, await station.Enqueue(new NewDelivery("v1", 20, """{"new":1}""")));

        await station.Pump().RunOnce();

        Assert.Equal(2, await station.Scalar<long>("select count(*) from delivery.jobs"));
        Assert.Equal("""{"new": 1}""", station.Destination.Calls.Single(c => c.Step == 20).Payload);
    }

    [Fact]
    [Trait("Spec", "A-143"), Trait("Spec", "A-144")]
    public async Task A_sent_job_stays_sent_and_its_lane_idle()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10));
        await station.Pump().RunOnce();

        Assert.Equal(0, await station.Enqueue(Station.Job("v1", 10)));
        await station.Pump().RunOnce();

        Assert.Single(station.Destination.Calls);
        Assert.StartsWith("IDLE", await station.LaneLine("v1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_job_enqueued_again_has_all_its_attempts_and_its_lane_opens()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new Rejected("Ditolak"));
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));
        await station.Pump().RunOnce();
        station.Destination.Says(_ => new Delivered());

        await station.Enqueue(new NewDelivery("v1", 10, "{}"));
        Assert.Equal("PENDING claims 0 attempts 0", await station.JobLine("v1", 10));
        await station.Pump().RunOnce();

        Assert.Equal(["v1/10", "v1/10", "v1/20"], station.Destination.CallLines);
        Assert.Equal("SENT claims 1 attempts 1", await station.JobLine("v1", 20));
    }

    [Fact]
    public async Task More_work_for_a_parked_lane_waits_behind_the_failed_job()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new Rejected("Ditolak"));
        await station.Enqueue(Station.Job("v1", 20));
        await station.Pump().RunOnce();

        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 30));
        await station.Pump().RunOnce();

        Assert.Single(station.Destination.Calls);
        Assert.Equal("PARKED head 10", await station.LaneLine("v1"));
    }

    [Fact]
    public async Task A_lane_that_is_being_sent_keeps_its_lease_and_takes_the_new_job_along()
    {
        await using var station = await Station.Open();
        station.Destination.Answer = async (job, _) =>
        {
            if (job.Step == 20) await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20), Station.Job("v1", 40));
            return new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 20), Station.Job("v1", 30));

        await station.Pump().RunOnce();

        Assert.Equal(["v1/20", "v1/30", "v1/10", "v1/40"], station.Destination.CallLines);
        Assert.StartsWith("IDLE", await station.LaneLine("v1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_earlier_step_goes_before_a_head_that_waits_for_its_back_off()
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Step == 20 ? new RetryLater("Gagal", IsOutage: false) : new Delivered());
        await station.Enqueue(Station.Job("v1", 20));
        await station.Pump().RunOnce();

        await station.Enqueue(Station.Job("v1", 10));
        await station.Pump().RunOnce();

        Assert.Equal(["v1/20", "v1/10", "v1/20"], station.Destination.CallLines);
    }

    [Fact]
    public async Task What_was_rolled_back_is_not_sent()
    {
        await using var station = await Station.Open();
        await using (var connection = await station.Database.App.OpenConnectionAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            await station.Queue().Enqueue(tx, "fake:a", [Station.Job("v1", 10)]);
        }

        await station.Pump().RunOnce();

        Assert.Empty(station.Destination.Calls);
    }

    [Fact]
    [Trait("Spec", "X-025")]
    public async Task Ten_thousand_jobs_are_one_round_trip()
    {
        await using var station = await Station.Open();
        var jobs = Enumerable.Range(0, 10_000).Select(i => Station.Job($"v{i % 2500}", 10 + i / 2500)).ToArray();
        using var statements = new StatementCount(station.Database.App);

        Assert.Equal(10_000, await station.Enqueue(jobs));

        Assert.Equal(1, statements.Executed);
        Assert.Equal(2500, await station.Scalar<long>("select count(*) from delivery.lanes where state = 'OPEN' and head_step = 10"));
    }

    [Fact]
    public async Task Many_batches_over_the_same_keys_in_any_order_do_not_deadlock()
    {
        await using var station = await Station.Open();
        var random = new Random(1);
        var batches = Enumerable.Range(0, 60)
            .Select(_ => Enumerable.Range(0, 80).Select(_ => Station.Job($"v{random.Next(100)}", random.Next(10))).ToArray())
            .ToList();
        using var stop = new CancellationTokenSource();
        var pumping = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await station.Pump().RunOnce();
        });

        await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (batch, _) => await station.Enqueue(batch));
        await stop.CancelAsync();
        await pumping;
        await station.Pump().RunOnce();

        Assert.Equal(0, await station.Scalar<long>("select count(*) from delivery.jobs where state <> 'SENT'"));
        Assert.Equal(0, await station.Scalar<long>("select deadlocks from pg_stat_database where datname = current_database()"));
    }
}
