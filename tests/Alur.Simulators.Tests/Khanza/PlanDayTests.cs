using System.Text.Json;
using Alur.Simulators.Khanza;

namespace Alur.Simulators.Tests.Khanza;

public sealed class PlanDayTests
{
    private static readonly DateOnly Friday = new(2026, 11, 20);

    private static HospitalDay Plan(int visits = 400, int seed = 7) => PlanDay.From(new DayRequest(Friday, visits, seed));

    [Fact]
    public void The_same_seed_plans_the_same_day_and_another_seed_another()
    {
        var first = JsonSerializer.Serialize(Plan());

        Assert.Equal(first, JsonSerializer.Serialize(Plan()));
        Assert.NotEqual(first, JsonSerializer.Serialize(Plan(seed: 8)));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(400)]
    [InlineData(2500)]
    public void Every_named_share_is_met_exactly(int visits)
    {
        var day = Plan(visits);

        Assert.Equal(visits, day.Visits.Count);
        Assert.Equal(DayShares.Count(0.35, visits), day.Visits.Count(v => v.Kind == VisitKind.MobileJkn));
        Assert.Equal(DayShares.Count(0.30, visits), day.Visits.Count(v => v.Kind == VisitKind.OnSiteJkn));
        foreach (var (irregularity, share) in DayShares.Ordinary)
            Assert.Equal(DayShares.Count(share, visits), day.Visits.Count(v => v.Irregularity == irregularity));
    }

    [Fact]
    public void A_share_that_is_not_named_does_not_happen()
    {
        var day = PlanDay.From(new DayRequest(Friday, 300, 3)
        {
            Shares = new DayShares { Irregular = new Dictionary<Irregularity, double> { [Irregularity.NoNote] = 0.5 } },
        });

        Assert.Equal(150, day.Visits.Count(v => v.Irregularity == Irregularity.NoNote));
        Assert.Equal(150, day.Visits.Count(v => v.Irregularity == Irregularity.None));
        Assert.All(day.Visits.Where(v => v.Irregularity == Irregularity.NoNote), v => Assert.Null(v.Noted));
    }

    [Fact]
    public void Numbers_are_unique_and_have_the_forms_Khanza_gives_them()
    {
        var visits = Plan().Visits;

        Assert.All(visits, v => Assert.Matches(v.Irregularity switch
        {
            Irregularity.OtherPrefix or Irregularity.BackDated or Irregularity.AcrossMidnight => @"^2026/11/19/\d{6}$",
            Irregularity.FutureBooking => @"^2026/11/2[01]/\d{6}$",
            _ => @"^2026/11/20/\d{6}$",
        }, v.NoRawat));
        Assert.All(visits, v => Assert.Equal(v.Kind == VisitKind.MobileJkn ? $"{v.ServiceDate:yyyyMMdd}{v.NoRawat[^6..]}" : v.NoRawat, v.Kodebooking));
        Assert.Equal(visits.Count, visits.Select(v => v.NoRawat).Distinct().Count());
        Assert.Equal(visits.Count, visits.Select(v => v.Kodebooking).Distinct().Count());
        Assert.Equal(visits.Count, visits.Select(v => v.Patient.NoRkmMedis).Distinct().Count());
        Assert.Equal(visits.Count, visits.Select(v => (v.Doctor.Code, v.NoReg)).Distinct().Count());
        Assert.All(visits, v => Assert.Equal((16, 13), (v.Patient.Nik.Length, v.Patient.Card.Length)));
    }

    [Fact]
    public void Most_patients_come_between_seven_and_ten()
    {
        var visits = Plan(2000).Visits.Where(v => v.Irregularity != Irregularity.AcrossMidnight).ToList();
        var early = visits.Count(v => v.Arrives.TimeOfDay < TimeSpan.FromHours(10));

        Assert.InRange(early / (double)visits.Count, 0.65, 0.85);
        Assert.All(visits, v => Assert.InRange(v.Arrives.TimeOfDay, TimeSpan.FromHours(7), TimeSpan.FromHours(13.5)));
    }

    [Fact]
    public void A_smooth_visit_passes_the_stations_in_order_within_the_day()
    {
        var smooth = Plan().Visits.Where(v => v.Irregularity == Irregularity.None).ToList();

        Assert.NotEmpty(smooth);
        Assert.All(smooth, v =>
        {
            Assert.True(v.Arrives < v.FileSent && v.FileSent < v.FileReceived && v.FileReceived < v.Noted, v.NoRawat);
            Assert.Equal(Friday, DateOnly.FromDateTime(v.Noted!.Value));
        });
    }

    [Fact]
    public void Bookings_are_there_before_the_doors_open_and_steps_follow_the_clock()
    {
        var day = Plan();
        var booked = day.Visits.Count(v => v.Kind == VisitKind.MobileJkn && v.Irregularity != Irregularity.FutureBooking);

        Assert.All(day.Steps.Take(booked), s => Assert.Equal(StepKind.Book, s.Kind));
        Assert.Equal(day.Steps.OrderBy(s => s.At).Select(s => s.At), day.Steps.Select(s => s.At));
        Assert.All(day.Steps, s => Assert.InRange(s.At, Friday.ToDateTime(new(7, 0)), Friday.ToDateTime(new(15, 0))));
    }

    [Fact]
    public void Names_and_telephone_numbers_are_as_untidy_as_asked_and_fit_their_columns()
    {
        var patients = Plan(2000).Visits.Select(v => v.Patient).ToList();

        Assert.InRange(patients.Count(p => p.PhoneTyped != p.Phone) / 2000.0, 0.07, 0.13);
        Assert.Contains(patients, p => p.Name.Contains('\'') && p.Name.Contains('"'));
        Assert.Contains(patients, p => p.Name.Any(char.IsControl));
        Assert.All(patients, p => Assert.True(p.Name.Length <= 40 && p.PhoneTyped.Length <= 40));
    }

    [Fact]
    public void What_is_cancelled_or_deleted_is_left_alone_afterwards()
    {
        var ended = Plan(2000).Steps.GroupBy(s => s.Visit).Where(g => g.Any(s => s.Kind is StepKind.Cancel or StepKind.CancelBooking or StepKind.Delete)).ToList();

        Assert.NotEmpty(ended);
        Assert.All(ended, steps => Assert.True(steps.Last().Kind is StepKind.Cancel or StepKind.CancelBooking or StepKind.Delete, steps.Key.NoRawat));
    }
}
