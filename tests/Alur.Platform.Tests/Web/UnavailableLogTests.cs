using Alur.Platform.Tests.Delivery;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Tests.Web;

public sealed class UnavailableLogTests
{
    [Fact]
    public void A_database_that_is_away_is_one_line_at_once_and_one_a_minute_with_a_count()
    {
        var (clock, lines) = (new StillClock(), new KeptLines());
        using var log = new UnavailableLog(clock, lines);
        var away = new NpgsqlException("Failed to connect to 127.0.0.1:5432");

        for (var n = 0; n < 1000; n++) log.Tell("/api/antrean/visits", "away", away);
        log.Tell("/sign-in", "full", away);
        Assert.Equal(2, lines.Lines.Count);
        Assert.Contains("/api/antrean/visits: away (Failed to connect to 127.0.0.1:5432)", lines.Lines[0], StringComparison.Ordinal);

        clock.Pass();
        Assert.Contains("999 more requests within a minute: away", Assert.Single(lines.Lines.Skip(2)), StringComparison.Ordinal);
        log.Tell("/", "away", away);
        Assert.Equal(3, lines.Lines.Count);
        clock.Pass();
        Assert.Contains("1 more", lines.Lines[3], StringComparison.Ordinal);

        clock.Pass(); // nothing happened: over
        Assert.True(clock.IsStopped);
        log.Tell("/", "away", away);
        Assert.Equal(5, lines.Lines.Count);
        Assert.All(lines.Lines, line => Assert.DoesNotContain("   at ", line, StringComparison.Ordinal));
    }

    private sealed class StillClock : TimeProvider
    {
        private Action? _tick;

        public bool IsStopped => _tick is null;

        public void Pass() => _tick?.Invoke();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)), (dueTime, period));
            _tick = () => callback(state);
            return new Stoppable(this);
        }

        private sealed class Stoppable(StillClock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => false;

            public void Dispose() => clock._tick = null;

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
