namespace Alur.Simulators.Tests;

public sealed class HospitalClockTests
{
    private static readonly DateTimeOffset Anchor = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Seven = new(2026, 11, 20, 7, 0, 0, TimeSpan.FromHours(7));
    private static readonly HospitalClock Clock = new(Seven, Seven.AddHours(8), 480, Anchor);

    [Fact]
    public void It_stands_still_then_runs_fast_then_at_real_pace()
    {
        Assert.Equal(Seven, Clock.At(Anchor.AddSeconds(-30)));
        Assert.Equal(Seven.AddHours(4), Clock.At(Anchor.AddSeconds(30)));
        Assert.Equal(Seven.AddHours(8), Clock.At(Anchor.AddSeconds(60)));
        Assert.Equal(Seven.AddHours(8).AddSeconds(45), Clock.At(Anchor.AddSeconds(105)));
        Assert.Equal(Anchor.AddSeconds(60), Clock.RealEnd);
    }

    [Fact]
    public void Processes_that_are_given_its_text_agree_on_the_time()
    {
        var other = HospitalClock.Parse(Clock.ToString());

        Assert.Equal(Clock.At(Anchor.AddSeconds(17.25)), other.At(Anchor.AddSeconds(17.25)));
        Assert.Equal(Clock.ToString(), other.ToString());
        Assert.Throws<FormatException>(() => HospitalClock.Parse("07:00"));
    }

    [Fact]
    public void A_clock_that_jumps_is_wrong_for_a_while_and_right_again()
    {
        var wrong = new HospitalClock(Seven, Seven.AddHours(8), 480, Anchor)
        {
            Jumps = [new(Anchor.AddSeconds(10), Anchor.AddSeconds(12), TimeSpan.FromDays(-1)), new(Anchor.AddSeconds(20), Anchor.AddSeconds(21), TimeSpan.FromMinutes(20))],
        };
        foreach (var clock in (HospitalClock[])[wrong, HospitalClock.Parse(wrong.ToString())])
        {
            Assert.Equal(Clock.At(Anchor.AddSeconds(9.9)), clock.At(Anchor.AddSeconds(9.9)));
            Assert.Equal(Clock.At(Anchor.AddSeconds(10)).AddDays(-1), clock.At(Anchor.AddSeconds(10)));
            Assert.Equal(Clock.At(Anchor.AddSeconds(12)), clock.At(Anchor.AddSeconds(12)));
            Assert.Equal(Clock.At(Anchor.AddSeconds(20.5)).AddMinutes(20), clock.At(Anchor.AddSeconds(20.5)));
        }

        Assert.Throws<FormatException>(() => HospitalClock.Parse(Clock + "~tomorrow"));
    }
}
