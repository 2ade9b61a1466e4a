using Alur.Platform.Delivery;
using Npgsql;

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

    [Fact]
    public void What_a_server_says_is_one_line()
    {
        var lines = new KeptLines();
        var log = new PumpLog(lines);
        log.DatabaseIsAway(new IOException("gone\nINF all is well"));
        log.Refused(new PostgresException("no\u001b[2J\nroom", "ERROR", "ERROR", "53100"), "fake:a", 1);

        Assert.Equal(["(gone INF all is well).", "53100 no\uFFFD[2J room"], [lines.Lines[0][lines.Lines[0].IndexOf('(', StringComparison.Ordinal)..], lines.Lines[1][lines.Lines[1].IndexOf("53100", StringComparison.Ordinal)..]]);
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Step(TimeSpan by) => _ticks += by.Ticks;
    }
}
