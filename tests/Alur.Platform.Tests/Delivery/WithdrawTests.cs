using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

public sealed class WithdrawTests
{
    [Fact]
    public async Task A_withdrawn_job_is_not_sent_and_those_behind_it_go_on()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20), Station.Job("v2", 10));

        var withdrawn = await station.Withdraw(("v1", 10), ("v2", 10), ("nobody", 10));
        await station.Pump().RunOnce();

        Assert.Equal([("v1", 10), ("v2", 10)], withdrawn.Order());
        Assert.Equal(["v1/20"], station.Destination.CallLines);
        Assert.Equal("CANCELLED claims 0 attempts 0", await station.JobLine("v1", 10));
        Assert.StartsWith("IDLE", await station.LaneLine("v2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Withdrawing_a_failed_job_opens_its_lane()
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Step == 10 ? new Rejected("Ditolak") : new Delivered());
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));
        await station.Pump().RunOnce();

        await station.Withdraw(("v1", 10));
        await station.Pump().RunOnce();

        Assert.Equal(["v1/10", "v1/20"], station.Destination.CallLines);
        Assert.Equal("CANCELLED claims 1 attempts 1 Ditolak", await station.JobLine("v1", 10));
    }

    [Fact]
    public async Task Withdrawing_the_head_in_its_back_off_lets_the_next_go_at_once()
    {
        await using var station = await Station.Open();
        station.Destination.Says(job => job.Step == 10 ? new RetryLater("Gagal", IsOutage: false) : new Delivered());
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20));
        await station.Pump().RunOnce();

        await station.Withdraw(("v1", 10));
        await station.Pump().RunOnce();

        Assert.Equal(["v1/10", "v1/20"], station.Destination.CallLines);
    }

    [Fact]
    public async Task A_job_that_is_being_sent_or_was_sent_cannot_be_withdrawn()
    {
        await using var station = await Station.Open();
        IReadOnlyList<(string, int)> during = [];
        station.Destination.Answer = async (job, _) =>
        {
            if (job.Step == 10) during = await station.Withdraw(("v1", 10), ("v1", 20), ("v1", 100));
            return new Delivered();
        };
        station.Options.RunLength = 1;
        await station.Enqueue(Station.Job("v1", 10), Station.Job("v1", 20), Station.Job("v1", 30), Station.Job("v1", 100));

        await station.Pump().RunOnce();

        Assert.Equal([("v1", 20), ("v1", 100)], during.Order());
        Assert.Equal(["v1/10", "v1/30"], station.Destination.CallLines);
        Assert.Empty(await station.Withdraw(("v1", 10)));
        Assert.StartsWith("IDLE", await station.LaneLine("v1"), StringComparison.Ordinal);
    }
}
