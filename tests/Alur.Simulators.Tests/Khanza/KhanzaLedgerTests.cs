using Alur.Simulators.Khanza;

namespace Alur.Simulators.Tests.Khanza;

public sealed class KhanzaLedgerTests
{
    private static readonly DateTimeOffset Anchor = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero);
    private static readonly HospitalClock Clock = new(
        new(2026, 11, 20, 7, 0, 0, TimeSpan.FromHours(7)), new(2026, 11, 20, 15, 0, 0, TimeSpan.FromHours(7)), 480, Anchor);

    private static readonly HospitalDay Day = PlanDay.From(new DayRequest(new(2026, 11, 20), 200, 11));

    private static PlannedVisit Any(Irregularity irregularity) => Day.Visits.First(v => v.Irregularity == irregularity && v.Kind == VisitKind.NonJkn);

    private static DayStep StepOf(PlannedVisit visit, StepKind kind) => Day.Steps.Single(s => s.Visit == visit && s.Kind == kind);

    private static LedgerVisit Lived(PlannedVisit visit, params (StepKind Step, double Seconds)[] steps)
    {
        var ledger = new KhanzaLedger(Clock, TimeSpan.FromSeconds(1));
        foreach (var (step, seconds) in steps)
            ledger.Committed(StepOf(visit, step), Anchor.AddSeconds(seconds));
        return ledger.Document(Day, ended: true).Visits.Single();
    }

    [Fact]
    public void Every_moment_is_kept_with_the_time_it_stood_there()
    {
        var visit = Any(Irregularity.None);

        var lived = Lived(visit, (StepKind.Register, 1), (StepKind.SendFile, 2), (StepKind.ReceiveFile, 3), (StepKind.WriteNote, 5));

        Assert.Equal(["1", "3", "4", "5"], lived.Moments.Select(m => m.Task));
        Assert.Equal(visit.FileReceived, lived.Moments[2].Moment.DateTime);
        Assert.Equal(lived.Moments[2].Moment.ToUnixTimeMilliseconds(), lived.Moments[2].Waktu);
        Assert.Equal((Anchor.AddSeconds(3), null), (lived.Moments[2].FromReal, lived.Moments[2].ToReal));
        Assert.Equal(Clock.Start.AddMinutes(24), lived.Moments[2].FromHospital);
        Assert.All(lived.Moments, m => Assert.True(m.EverTellable && !m.NeverVisible));
    }

    [Fact]
    public void A_registration_cancelled_within_one_poll_was_never_visible()
    {
        var visit = Any(Irregularity.CancelledEarly);

        var brief = Lived(visit, (StepKind.Register, 1), (StepKind.Cancel, 1.4));
        var longer = Lived(visit, (StepKind.Register, 1), (StepKind.Cancel, 2.4));

        Assert.True(brief.Moments.Single().NeverVisible);
        Assert.False(longer.Moments.Single().NeverVisible);
        Assert.True(longer.Moments.Single().EverTellable);
        Assert.Equal(Standing.Cancelled, longer.Now.Single().Standing);
    }

    [Fact]
    public void A_moment_that_was_never_in_order_was_never_tellable()
    {
        var lived = Lived(Any(Irregularity.EqualPair), (StepKind.Register, 1), (StepKind.SendAndReceiveFile, 2), (StepKind.WriteNote, 3));

        Assert.Equal([true, true, false, false], lived.Moments.Select(m => m.EverTellable));
        Assert.Equal("TIME_NOT_LATER", lived.Now[2].Reason);
    }

    [Fact]
    public void A_corrected_moment_is_kept_beside_the_one_before()
    {
        var visit = Day.Visits.First(v => v is { Irregularity: Irregularity.Retyped, Kind: not VisitKind.MobileJkn });

        var lived = Lived(visit, (StepKind.Register, 1), (StepKind.SendFile, 2), (StepKind.RetypeSent, 4));

        Assert.Equal([visit.FileSent!.Value, visit.FileSent.Value.AddSeconds(-40)], lived.Moments.Where(m => m.Task == "3").Select(m => m.Moment.DateTime));
        Assert.Equal([Anchor.AddSeconds(4), null], lived.Moments.Where(m => m.Task == "3").Select(m => m.ToReal));
    }

    [Fact]
    public void A_deleted_visit_had_its_moments_but_has_nothing_to_tell_any_more()
    {
        var visit = Day.Visits.First(v => v is { Irregularity: Irregularity.Deleted, Kind: not VisitKind.MobileJkn });
        var ledger = new KhanzaLedger(Clock, TimeSpan.FromSeconds(1));
        ledger.Committed(new(visit.Arrives, StepKind.Register, visit), Anchor.AddSeconds(1));
        ledger.Committed(new(visit.Arrives.AddMinutes(5), StepKind.SendFile, visit), Anchor.AddSeconds(2));
        ledger.Committed(StepOf(visit, StepKind.Delete), Anchor.AddSeconds(5));

        var lived = ledger.Document(Day, ended: true).Visits.Single();

        Assert.Empty(lived.Now);
        Assert.Equal(["1", "3"], lived.Moments.Select(m => m.Task));
        Assert.All(lived.Moments, m => Assert.Equal(Anchor.AddSeconds(5), m.ToReal));
    }

    [Fact]
    public void What_the_desktop_told_is_not_asked_of_the_bridge()
    {
        var visit = Day.Visits.First(v => v is { Kind: VisitKind.OnSiteJkn, Irregularity: Irregularity.None });
        var ledger = new KhanzaLedger(Clock, TimeSpan.FromSeconds(1));
        ledger.Committed(StepOf(visit, StepKind.Register), Anchor.AddSeconds(1));
        ledger.Committed(StepOf(visit, StepKind.SendFile), Anchor.AddSeconds(2));

        Assert.DoesNotContain(ledger.Document(Day, false).Visits.Single().Now, v => v.Standing == Standing.Sendable);

        ledger.ToldByDesktop(visit, Anchor.AddSeconds(3));
        Assert.Equal([Standing.ByDesktop, Standing.Sendable], ledger.Document(Day, false).Visits.Single().Now.Select(v => v.Standing));
    }
}
