namespace Alur.Platform.Tests.Delivery;

public sealed class DeliveryTests
{
    [Fact]
    [Trait("Spec", "A-026"), Trait("Spec", "A-032"), Trait("Spec", "A-155")]
    public async Task Pending_jobs_are_sent_in_order_and_end_as_sent()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 20), Station.Job("v1", 10), Station.Job("v1", 30), Station.Job("v2", 10));
        Assert.Equal("PENDING claims 0 attempts 0", await station.JobLine("v1", 10));

        var result = await station.Pump().RunOnce();

        Assert.Equal(4, result.Delivered);
        Assert.Equal(["v1/10", "v1/20", "v1/30"], station.Destination.CallLines.Where(c => c.StartsWith("v1", StringComparison.Ordinal)));
        Assert.Equal("SENT claims 1 attempts 1", await station.JobLine("v1", 30));
        Assert.Equal("IDLE head 10", await station.LaneLine("v1"));
        Assert.Equal(4, await station.Scalar<long>("select count(*) from delivery.attempts where outcome = 'DELIVERED' and counted and not fenced_off"));
    }
}
