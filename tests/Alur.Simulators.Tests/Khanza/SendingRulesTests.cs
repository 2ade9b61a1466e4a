using Alur.Simulators.Khanza;

namespace Alur.Simulators.Tests.Khanza;

public sealed class SendingRulesTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    private static DateTimeOffset At(int hour, int minute, int day = 20) => new(2026, 11, day, hour, minute, 0, TimeSpan.FromHours(7));

    private static VisitState Visit(params (string Task, DateTimeOffset Moment)[] moments) =>
        new(VisitKind.NonJkn, Day, moments.ToDictionary(m => m.Task, m => m.Moment));

    private static string Told(VisitState visit) =>
        string.Join(' ', SendingRules.Judge(visit).Select(v => $"{v.Task}:{v.Reason ?? v.Standing.ToString()}"));

    [Fact]
    public void A_visit_in_order_may_be_told_whole() =>
        Assert.Equal("1:Sendable 3:Sendable 4:Sendable 5:Sendable",
            Told(Visit(("1", At(7, 30)), ("3", At(7, 40)), ("4", At(8, 0)), ("5", At(8, 20)))));

    [Fact]
    public void Equal_moments_hold_the_later_task_and_what_follows() =>
        Assert.Equal("1:Sendable 3:Sendable 4:TIME_NOT_LATER 5:PREDECESSOR_MISSING",
            Told(Visit(("1", At(7, 30)), ("3", At(7, 40)), ("4", At(7, 40)), ("5", At(8, 20)))));

    [Fact]
    public void A_gap_holds_what_comes_after_it() =>
        Assert.Equal("1:Sendable 3:Sendable 5:PREDECESSOR_MISSING", Told(Visit(("1", At(7, 30)), ("3", At(7, 40)), ("5", At(8, 20)))));

    [Fact]
    public void A_moment_on_another_day_is_held() =>
        Assert.Equal("1:Sendable 3:TIME_WRONG_DAY", Told(Visit(("1", At(7, 30)), ("3", At(7, 40, day: 21)))));

    [Fact]
    public void The_time_of_booking_orders_nothing() =>
        Assert.Equal("1:Sendable 3:Sendable", Told(Visit(("1", At(22, 0)), ("3", At(7, 40)))));

    [Fact]
    public void An_on_site_BPJS_patient_waits_for_the_desktop()
    {
        var visit = Visit(("1", At(7, 30)), ("3", At(7, 40))) with { Kind = VisitKind.OnSiteJkn };

        Assert.Equal("1:REGISTER_NOT_SENT 3:REGISTER_NOT_SENT", Told(visit));
        Assert.Equal("1:ByDesktop 3:Sendable", Told(visit with { ToldByDesktop = true }));
    }

    [Fact]
    public void Visits_with_an_obstacle_and_cancelled_ones_stay_at_home()
    {
        var visit = Visit(("1", At(7, 30)), ("3", At(7, 40)));

        Assert.Equal("1:CLINIC_EXCLUDED 3:CLINIC_EXCLUDED", Told(visit with { Obstacle = "CLINIC_EXCLUDED" }));
        Assert.Equal("1:CANCELLED_IN_KHANZA 3:CANCELLED_IN_KHANZA", Told(visit with { Cancelled = true }));
        Assert.Equal("1:Sendable 3:NEW_PATIENT_NEEDS_ADMISSION_TASKS", Told(visit with { NeedsAdmission = true }));
    }

    [Fact]
    public void What_BPJS_holds_counts_more_than_what_the_tables_say_by_now()
    {
        var visit = Visit(("1", At(7, 30)), ("3", At(8, 10)), ("4", At(8, 0)));
        var held = new Dictionary<string, DateTimeOffset> { ["3"] = At(7, 40) };

        Assert.Equal("1:Sendable 3:Sendable 4:TIME_NOT_LATER", Told(visit));
        Assert.Equal(Standing.Sendable, SendingRules.Judge(visit, held).Single(v => v.Task == "4").Standing);
    }

    [Fact]
    public void A_task_may_follow_what_an_earlier_one_used_to_be()
    {
        var (before, after) = (Visit(("1", At(7, 30)), ("3", At(7, 40))), Visit(("1", At(7, 30)), ("3", At(8, 10)), ("4", At(8, 0))));

        Assert.True(SendingRules.MayBeTold([before, after], "4"));
        Assert.False(SendingRules.MayBeTold([after], "4"));
        Assert.False(SendingRules.MayBeTold([Visit(("1", At(7, 30)), ("4", At(8, 0)))], "4"));
    }

    [Theory]
    [InlineData(Irregularity.EmergencyClinic, "CLINIC_EXCLUDED")]
    [InlineData(Irregularity.UnmappedClinic, "CLINIC_UNMAPPED")]
    [InlineData(Irregularity.UnmappedDoctor, "DOCTOR_UNMAPPED")]
    [InlineData(Irregularity.NoSchedule, "NO_SCHEDULE")]
    [InlineData(Irregularity.NoQuota, "QUOTA_MISSING")]
    [InlineData(Irregularity.BackDated, "OUTSIDE_SEND_FROM")]
    [InlineData(Irregularity.AcrossMidnight, "OUTSIDE_SEND_FROM")]
    [InlineData(Irregularity.UnreadableRegistration, "TIME_UNREADABLE")]
    [InlineData(Irregularity.OtherPrefix, null)]
    [InlineData(Irregularity.FutureBooking, null)]
    [InlineData(Irregularity.None, null)]
    public void What_is_missing_or_over_is_an_obstacle_from_the_beginning(Irregularity irregularity, string? obstacle)
    {
        var visits = PlanDay.From(new DayRequest(Day, 400, 3)).Visits.Where(v => v.Irregularity == irregularity).ToList();

        Assert.NotEmpty(visits);
        Assert.All(visits, v => Assert.Equal(obstacle, SendingRules.ObstacleOf(v, Day)));
    }
}
