using System.Globalization;
using Alur.Antrean.Khanza;

namespace Alur.Antrean.Tests.Khanza;

public sealed class KhanzaMomentTests
{
    [Theory]
    [InlineData("2026-01-20 08:05:30", "2026-01-20T08:05:30")]
    [InlineData("2026-01-20 00:00:00", "2026-01-20T00:00:00")]
    [InlineData("2026-01-20 08:05:30.250000", "2026-01-20T08:05:30.25")]
    [InlineData("2028-02-29 23:59:59", "2028-02-29T23:59:59")]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0000-00-00 00:00:00", null)] // "not yet"
    [InlineData("2026-00-10 08:00:00", null)] // half-zero
    [InlineData("2026-10-00 08:00:00", null)]
    [InlineData("2027-02-29 08:00:00", null)] // no such day
    [InlineData("2026-01-20", null)]
    [InlineData("2026-01-20 24:00:00", null)]
    [InlineData("2026-01-20 08:05:30.", null)]
    [InlineData("yesterday", null)]
    [InlineData("0001-01-01 00:00:00", null)] // "never" of other programs, and no instant east of Greenwich
    [InlineData("9999-12-31 23:59:59", null)]
    public void A_datetime_column_is_a_moment_or_nothing(string? text, string? expected) =>
        Assert.Equal(expected is null ? null : DateTime.Parse(expected, CultureInfo.InvariantCulture), KhanzaMoment.Parse(text));

    [Theory]
    [Trait("Failure", "5.20")]
    [InlineData("2026-01-20", "08:05:30", "2026-01-20T08:05:30")]
    [InlineData("2026-01-20", "00:00:00", "2026-01-20T00:00:00")]
    [InlineData("0000-00-00", "08:05:30", null)] // an unvalidated prescription: zero date and a meaningless time
    [InlineData("2026-00-20", "08:05:30", null)]
    [InlineData("2026-01-20", "-01:00:00", null)] // TIME may be negative
    [InlineData("2026-01-20", "24:00:00", null)]
    [InlineData("2026-01-20", "838:59:59", null)] // and longer than a day
    [InlineData("2026-01-20", null, null)]
    [InlineData(null, "08:05:30", null)]
    public void A_date_and_a_time_column_are_a_moment_only_together(string? date, string? time, string? expected) =>
        Assert.Equal(expected is null ? null : DateTime.Parse(expected, CultureInfo.InvariantCulture), KhanzaMoment.Parse(date, time));

    [Theory]
    [Trait("Spec", "A-018")]
    [Trait("Spec", "A-159")]
    [InlineData("Asia/Jakarta", "2026-01-20 00:00:00", "2026-01-19T17:00:00Z")]
    [InlineData("Asia/Jakarta", "2026-01-20 15:00:00", "2026-01-20T08:00:00Z")]
    [InlineData("Asia/Makassar", "2026-01-20 00:00:00", "2026-01-19T16:00:00Z")]
    [InlineData("Asia/Makassar", "2026-01-20 23:59:59", "2026-01-20T15:59:59Z")]
    [InlineData("Asia/Jayapura", "2026-01-20 00:00:00", "2026-01-19T15:00:00Z")]
    [InlineData("Asia/Jayapura", "2026-01-20 23:59:59", "2026-01-20T14:59:59Z")]
    public void Wall_clock_time_becomes_an_instant_by_the_hospitals_zone(string zone, string local, string expected) =>
        Assert.Equal(
            DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
            KhanzaMoment.Parse(local)!.Value.ToInstant(TimeZoneInfo.FindSystemTimeZoneById(zone)));
}
