using Alur.Platform.Delivery;

namespace Alur.Platform.Tests.Delivery;

public sealed class PumpLogTests
{
    private static readonly DateTimeOffset Until = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_pause_that_is_renewed_again_and_again_is_told_once_and_then_hourly()
    {
        var (lines, clock) = (new KeptLines(), new SteppedClock());
        var log = new PumpLog(lines, clock);
        for (var minute = 0; minute < 125; minute += 5)
        {
            log.Paused("bpjs:a", Until, $"the clock is {minute} s behind");
            clock.Step(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(3, lines.Lines.Count);
    }

    [Fact]
    public void Another_reason_another_channel_or_a_delivery_in_between_is_news()
    {
        var lines = new KeptLines();
        var log = new PumpLog(lines, new SteppedClock());
        log.Paused("bpjs:a", Until, "wrong key");
        log.Paused("bpjs:b", Until, "wrong key");
        log.Paused("bpjs:a", Until, "wrong address");
        log.Flows("bpjs:a");
        log.Paused("bpjs:a", Until, "wrong address");
        log.Paused("bpjs:b", Until, "wrong key");

        Assert.Equal(["a wrong key", "b wrong key", "a wrong address", "a wrong address"], lines.Lines.Select(l => $"{l["Channel bpjs:".Length]} {l[(l.LastIndexOf(':') + 2)..]}"));
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Step(TimeSpan by) => _ticks += by.Ticks;
    }
}
