using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

/// <summary>The wire to the database is cut between a request and its answer, at every place where that can happen while results are settled.</summary>
public sealed class UnknownCommitTests
{
    [Fact]
    public async Task Wherever_the_wire_is_cut_every_call_is_recorded_once_and_settled_once()
    {
        await using var station = await Station.Open();
        var cuts = 0;
        for (var exchange = 1; exchange <= 12; exchange++)
        {
            await using var wire = new TornWire(station.Database.AppConnectionString);
            var key = $"v{exchange}";
            await station.Enqueue(Station.Job(key, 10), Station.Job(key, 20));
            station.Destination.Says(job =>
            {
                if (job.Step == 20) wire.CutAfter(exchange);
                return new Delivered();
            });

            await Drain(new DeliveryPump(wire.Db, [station.Destination], station.Options));

            if (wire.Cut) cuts++;
            Assert.Equal("SENT claims 1 attempts 1", await station.JobLine(key, 10));
            Assert.Equal("SENT claims 1 attempts 1", await station.JobLine(key, 20));
            Assert.StartsWith("IDLE", await station.LaneLine(key), StringComparison.Ordinal);
        }

        Assert.True(cuts >= 4, $"only {cuts} cuts happened");
        Assert.Equal(24, station.Destination.Calls.Count);
        Assert.Equal(24, await station.Scalar<long>("select count(*) from delivery.attempts where counted and not fenced_off"));
        Assert.Equal(24, await station.Scalar<long>("select count(*) from delivery.attempts"));
    }

    [Fact]
    public async Task Wherever_the_wire_is_cut_an_outage_counts_once_for_the_breaker()
    {
        await using var station = await Station.Open(breaker: "fake:a");
        station.Options.Concurrency = 1;
        var cuts = 0;
        for (var exchange = 1; exchange <= 12; exchange++)
        {
            await using var wire = new TornWire(station.Database.AppConnectionString);
            await station.Execute("update platform.breakers set consecutive_failures = 0");
            var key = $"v{exchange}";
            await station.Enqueue(Station.Job(key, 10));
            station.Destination.Says(_ =>
            {
                wire.CutAfter(exchange);
                return new RetryLater("down", IsOutage: true);
            });

            await Drain(new DeliveryPump(wire.Db, [station.Destination], station.Options));

            if (wire.Cut) cuts++;
            Assert.Equal(1, await station.Scalar<int>("select consecutive_failures from platform.breakers"));
            Assert.Equal("PENDING claims 1 attempts 1 down", await station.JobLine(key, 10));
        }

        Assert.True(cuts >= 6, $"only {cuts} cuts happened");
        Assert.Equal(12, await station.Scalar<long>("select count(*) from delivery.attempts"));
    }

    private static async Task Drain(DeliveryPump pump)
    {
        while (true)
        {
            try
            {
                await pump.RunOnce();
                return;
            }
            catch (Exception ex) when (ex is Npgsql.NpgsqlException or IOException)
            {
                // What the worker does: come again.
            }
        }
    }
}
