using Alur.Antrean.Khanza;
using Alur.Antrean.Polling;

namespace Alur.Antrean.Tests.Polling;

public sealed class ScheduleTests
{
    private static readonly DateOnly Monday = new(2026, 1, 19);

    [Theory]
    [Trait("Failure", "5.3")]
    [InlineData(0, "SENIN")]
    [InlineData(1, "SELASA")]
    [InlineData(2, "RABU")]
    [InlineData(3, "KAMIS")]
    [InlineData(4, "JUMAT")]
    [InlineData(5, "SABTU")]
    [InlineData(6, "AKHAD")]
    public void Weekdays_have_khanzas_names(int day, string expected) => Assert.Equal(expected, Schedule.Weekday(Monday.AddDays(day)));

    [Theory]
    [InlineData("08:00", "08:00-10:00")]
    [InlineData("09:59", "08:00-10:00")]
    [InlineData("10:00", "13:00-15:00")] // between two slots: the next
    [InlineData("06:30", "08:00-10:00")] // before the first
    [InlineData("13:30", "13:00-15:00")]
    [InlineData("15:00", null)] // after the last: none
    public void The_slot_that_holds_the_registration_counts_and_else_the_next_of_that_day(string registered, string? expected)
    {
        KhanzaSlot[] slots = [Slot("SENIN", 13, 15), Slot("SENIN", 8, 10), Slot("SELASA", 16, 18)];

        Assert.Equal(expected, Schedule.SlotOf(slots, Monday, TimeOnly.Parse(registered))?.Hours);
    }

    [Fact]
    public void A_slot_without_hours_is_no_slot() => Assert.Null(Schedule.SlotOf([Slot("SENIN", 0, 0)], Monday, new TimeOnly(0, 0)));

    [Fact]
    [Trait("Failure", "5.3")]
    public void The_weekday_is_that_of_the_visit_not_of_the_day_the_server_started() =>
        Assert.Equal("16:00-18:00", Schedule.SlotOf([Slot("SENIN", 8, 10), Slot("SELASA", 16, 18)], Monday.AddDays(8), new TimeOnly(7, 0))?.Hours);

    private static KhanzaSlot Slot(string day, int from, int to) => new(day, new TimeOnly(from, 0), new TimeOnly(to, 0), 30);
}
