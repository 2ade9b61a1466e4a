using System.Globalization;
using Alur.Antrean.Khanza;

namespace Alur.Antrean.Polling;

/// <summary>Finds the slot of the weekly schedule that a visit belongs to.</summary>
internal static class Schedule
{
    /// <summary>Khanza's name of a weekday; Sunday is AKHAD, never MINGGU.</summary>
    public static string Weekday(DateOnly date) => date.DayOfWeek switch
    {
        DayOfWeek.Monday => "SENIN",
        DayOfWeek.Tuesday => "SELASA",
        DayOfWeek.Wednesday => "RABU",
        DayOfWeek.Thursday => "KAMIS",
        DayOfWeek.Friday => "JUMAT",
        DayOfWeek.Saturday => "SABTU",
        _ => "AKHAD",
    };

    /// <summary>The beginning of hours such as <c>08:00-10:00</c>; null when they cannot be read.</summary>
    public static TimeOnly? StartOf(string hours) =>
        TimeOnly.TryParseExact(hours.Split('-')[0].Trim(), ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)
            ? start : null;

    /// <summary>
    /// The slot whose hours contain the time of registration, else the next one of that day; null when neither exists.
    /// The weekday is the visit's own, not that of the day the server started on.
    /// </summary>
    public static KhanzaSlot? SlotOf(IEnumerable<KhanzaSlot> slots, DateOnly serviceDate, TimeOnly registered)
    {
        var weekday = Weekday(serviceDate);
        return slots
            .Where(slot => slot.IsUsable && string.Equals(slot.Weekday, weekday, StringComparison.Ordinal) && registered < slot.End)
            .MinBy(slot => slot.Start);
    }
}
