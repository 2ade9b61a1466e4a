using System.Globalization;

namespace Alur.Antrean.Khanza;

/// <summary>
/// Reads Khanza's temporal columns from MariaDB's own text. "Not yet" is NULL, a zero date or a half-zero date; an impossible
/// time of day (negative, 24 hours or more) or year (1, 9999: other programs' "never") is not a moment either. Nothing is ever repaired: what cannot be read is absent.
/// </summary>
internal static class KhanzaMoment
{
    // By the digits of the fraction. Each length has one format, so that a zero date is not tried in all of them.
    private static readonly string[] Times = ["HH:mm:ss", .. Enumerable.Range(1, 6).Select(digits => "HH:mm:ss." + new string('f', digits))];
    private static readonly string[] DateTimes = [.. Times.Select(time => "yyyy-MM-dd " + time)];

    /// <summary>A DATETIME column, as hospital wall-clock time.</summary>
    public static DateTime? Parse(string? text) =>
        FormatOf(text, DateTimes) is { } format
            && DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) && IsYear(moment.Year) ? moment : null;

    /// <summary>A DATE and a TIME column that belong together.</summary>
    public static DateTime? Parse(string? date, string? time) =>
        Date(date) is { } day && Time(time) is { } clock ? day.ToDateTime(clock) : null;

    /// <summary>A DATE column.</summary>
    public static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && IsYear(date.Year) ? date : null;

    private static bool IsYear(int year) => year is >= 1900 and < 9000;

    /// <summary>A TIME column that is meant as a time of day.</summary>
    public static TimeOnly? Time(string? text) =>
        FormatOf(text, Times) is { } format && TimeOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private static string? FormatOf(string? text, string[] formats)
    {
        foreach (var format in formats)
        {
            if (format.Length == text?.Length)
                return format;
        }
        return null;
    }

    /// <summary>Hospital wall-clock time as an instant. A time that a zone skips or repeats takes the offset before the change.</summary>
    public static DateTimeOffset ToInstant(this DateTime local, TimeZoneInfo zone) =>
        new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
}
