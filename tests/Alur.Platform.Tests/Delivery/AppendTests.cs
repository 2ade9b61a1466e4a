using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

public sealed class AppendTests
{
    [Fact]
    public async Task What_is_appended_goes_out_in_that_order_behind_what_was_there()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("a", 7));
        await Append(station, Next("a", 1), Next("b", 1), Next("a", 2));
        await station.Pump().RunOnce();
        await Append(station, Next("a", 3));
        await station.Pump().RunOnce();

        Assert.Equal(["a/7", "a/8", "a/9", "a/10"], station.Destination.CallLines.Where(line => line.StartsWith('a')));
        Assert.Equal(["b/1"], station.Destination.CallLines.Where(line => line.StartsWith('b')));
    }

    [Fact]
    public async Task One_append_serves_several_channels()
    {
        await using var station = await Station.Open();
        await station.Queue().EnsureChannel("fake:b", new ChannelLimits(), breaker: null);
        await Append(station, Next("a", 1), Next("a", 1) with { Channel = "fake:b" });
        Assert.Equal(2, (await station.Pump().RunOnce()).Delivered);
    }

    [Fact]
    public async Task A_parked_lane_stays_parked_and_a_leased_one_with_its_holder()
    {
        await using var station = await Station.Open();
        station.Destination.Says(_ => new Rejected("no"));
        await Append(station, Next("a", 1));
        await station.Pump().RunOnce();
        await Append(station, Next("a", 2));
        Assert.Equal("PARKED head 1", await station.LaneLine("a"));

        station.Destination.Answer = async (_, _) =>
        {
            await Append(station, Next("b", 2));
            station.Destination.Says(_ => new Delivered());
            return new Delivered();
        };
        await Append(station, Next("b", 1));
        Assert.Equal(2, (await station.Pump().RunOnce()).Delivered);
        Assert.Equal("IDLE head 2", await station.LaneLine("b"));
    }

    [Fact]
    public async Task Two_who_append_to_one_lane_at_once_take_turns()
    {
        await using var station = await Station.Open();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Append(station, Next("a", 1), Next("a", 2))));
        Assert.Equal(16, await station.Scalar<long>("select count(distinct step) from delivery.jobs where key = 'a' and step between 1 and 16"));
        Assert.Equal(16, (await station.Pump().RunOnce()).Delivered);
    }

    [Fact]
    public async Task What_nobody_is_to_be_told_any_more_is_withdrawn_without_a_call_on_record_and_the_lane_goes_on()
    {
        await using var station = await Station.Open();
        await Append(station, Next("a", 1), Next("a", 2));
        var channel = new Unwanted();
        var result = await new DeliveryPump(station.Database.App, [channel], station.Options).RunOnce();

        Assert.Equal((1, 1), (result.Dropped, result.Delivered));
        Assert.Equal("CANCELLED claims 0 attempts 0 nobody is there", await station.JobLine("a", 1));
        Assert.Equal("SENT claims 1 attempts 1", await station.JobLine("a", 2));
        Assert.Equal(1, await station.Scalar<long>("select count(*) from delivery.attempts"));
    }

    private static NextDelivery Next(string key, int number) => new("fake:a", key, $$"""{"number":{{number}}}""");

    private static async Task Append(Station station, params NextDelivery[] deliveries)
    {
        await using var connection = await station.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await station.Queue().Append(tx, deliveries);
        await tx.CommitAsync();
    }

    /// <summary>Drops the first job of a lane and takes the others.</summary>
    private sealed class Unwanted : IDeliveryChannel
    {
        public string Kind => "fake";

        public Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct) => Task.FromResult(job.Step == 1
            ? new DeliveryReport(new Dropped("nobody is there"), Exchange: null)
            : new DeliveryReport(new Delivered(), new Exchange(DateTimeOffset.UtcNow, TimeSpan.Zero, 200, null, null, null, null)));
    }
}
