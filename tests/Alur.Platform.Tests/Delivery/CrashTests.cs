using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

/// <summary>Leases that run out, results that come too late, jobs that kill their worker.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task A_lease_that_ran_out_is_due_again_and_the_late_result_is_fenced_off_but_kept()
    {
        await using var station = await Station.Open();
        var called = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        station.Destination.Answer = async (_, _) =>
        {
            if (station.Destination.Calls.Count > 1) return new Delivered(AlreadyThere: true);
            called.SetResult();
            await answer.Task;
            return new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));

        var slow = station.Pump().RunOnce();
        await called.Task;
        await station.RunOutLeases();
        var second = await station.Pump().RunOnce();
        answer.SetResult();
        var first = await slow;

        Assert.Equal(2, second.Delivered);
        Assert.True(first.FencedOff >= 1);
        Assert.Equal("SENT claims 2 attempts 1", await station.JobLine("v1", 10));
        Assert.Equal(2, await station.Scalar<long>("select count(*) from delivery.attempts a join delivery.jobs j on j.id = a.job_id where j.step = 10"));
        Assert.Equal(1, await station.Scalar<long>("select count(*) from delivery.attempts a join delivery.jobs j on j.id = a.job_id where j.step = 10 and fenced_off and not counted"));
    }

    [Fact]
    public async Task A_job_whose_lease_ran_out_ten_times_is_parked_as_poison_without_a_call()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));
        for (var crash = 0; crash < 10; crash++)
        {
            await CrashAfterClaim(station);
            await station.RunOutLeases();
        }

        Assert.Equal("SENDING claims 10 attempts 0", await station.JobLine("v1", 10));
        Assert.Equal("SENDING claims 1 attempts 0", await station.JobLine("v1", 20));
        var result = await station.Pump().RunOnce();

        Assert.Equal(1, result.Failed);
        Assert.Empty(station.Destination.Calls);
        Assert.StartsWith("FAILED claims 10 attempts 0 Parked as poison", await station.JobLine("v1", 10), StringComparison.Ordinal);
        Assert.Equal("POISON", await station.Scalar<string>("select last_code from delivery.jobs where step = 10"));
        Assert.Equal("PARKED head 10", await station.LaneLine("v1"));
        Assert.Equal(0, await station.Scalar<long>("select count(*) from delivery.attempts"));
    }

    [Fact]
    public async Task Behind_a_poisonous_job_the_others_are_innocent()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));
        for (var crash = 0; crash < 10; crash++)
        {
            await CrashAfterClaim(station);
            await station.RunOutLeases();
        }

        await station.Pump().RunOnce();
        await station.Withdraw(("v1", 10));
        await station.Pump().RunOnce();

        Assert.Equal(["v1/20"], station.Destination.CallLines);
        Assert.Equal("SENT claims 2 attempts 1", await station.JobLine("v1", 20));
    }

    [Fact]
    public async Task A_stopping_node_finishes_its_calls_settles_them_and_gives_the_rest_back()
    {
        await using var station = await Station.Open();
        using var stop = new CancellationTokenSource();
        station.Destination.Answer = async (_, _) =>
        {
            await stop.CancelAsync();
            return new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20), Station.Job("v1", 30));

        var result = await station.Pump().RunOnce(stop.Token);

        Assert.Equal((1, 2), (result.Delivered, result.GivenBack));
        Assert.Equal("SENT claims 1 attempts 1", await station.JobLine("v1", 10));
        Assert.Equal("PENDING claims 0 attempts 0", await station.JobLine("v1", 20));
        Assert.Equal("OPEN head 20", await station.LaneLine("v1"));
    }

    [Fact]
    public async Task A_call_that_outlasts_the_stop_is_nobodys_attempt()
    {
        await using var station = await Station.Open();
        station.Options.StopGrace = TimeSpan.FromMilliseconds(50);
        using var stop = new CancellationTokenSource();
        station.Destination.Answer = async (_, ct) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, ct);
            return new Delivered();
        };
        await station.Enqueue(Station.Job("v1", 10));

        await station.Pump().RunOnce(stop.Token);

        Assert.StartsWith("PENDING claims 0 attempts 0 This node stopped", await station.JobLine("v1", 10), StringComparison.Ordinal);
        Assert.Equal("OPEN head 10", await station.LaneLine("v1"));
        Assert.Equal(1, await station.Scalar<long>("select count(*) from delivery.attempts where not counted"));
    }

    /// <summary>Claims as a worker does and is gone.</summary>
    private static async Task CrashAfterClaim(Station station)
    {
        await using var connection = await PumpConnection.Open(station.Database.App, default);
        var claim = await ClaimLanes.Run(connection, "fake:a", lanes: 1, probe: null, station.Options);
        Assert.Single(claim.Runs);
    }
}
