using System.Globalization;
using System.Text.RegularExpressions;
using Alur.Antrean.Khanza;

namespace Alur.Fuzzing.Khanza;

/// <summary>Khanza's dates and times: exact or absent, never repaired.</summary>
internal static partial class MomentTargets
{
    private static readonly TimeZoneInfo[] Zones =
        [.. new[] { "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia" }.Select(TimeZoneInfo.FindSystemTimeZoneById)];

    /// <summary>A DATETIME column.</summary>
    public static FuzzTarget DateTimes { get; } = FuzzTarget.OfText("khanza-datetimes", draw => Odd(draw, $"{Date(draw)} {Time(draw)}"), text =>
    {
        var read = KhanzaMoment.Parse(text);
        Claim.Equal(Shape().Match(text) is { Success: true } match ? Exact(match) : null, read, "a moment is exact or absent");
        if (read is { } moment)
        {
            ClaimInstant(moment);
        }
    });

    /// <summary>A DATE column and a TIME column.</summary>
    public static FuzzTarget Pairs { get; } = FuzzTarget.Of(
        "khanza-dates-and-times",
        draw => (Date: Odd(draw, Date(draw)), Time: Odd(draw, Time(draw))),
        pair => Smaller.Texts(pair.Date).Select(date => pair with { Date = date }).Concat(Smaller.Texts(pair.Time).Select(time => pair with { Time = time })),
        pair =>
        {
            var joined = $"{pair.Date} {pair.Time}";
            var expected = pair.Date.Contains(' ', StringComparison.Ordinal) || Shape().Match(joined) is not { Success: true } match ? null : Exact(match);
            Claim.Equal(expected, KhanzaMoment.Parse(pair.Date, pair.Time), "a date and a time are a moment only together");
            Claim.That(expected is null || KhanzaMoment.Date(pair.Date) == DateOnly.FromDateTime(expected.Value), "the day is exact");
        });

    /// <summary>The instant shows the same wall clock again; only an hour that the zone skips has none that does. (Before 1970 .NET does not know all of those.)</summary>
    private static void ClaimInstant(DateTime moment)
    {
        foreach (var zone in Zones.Where(_ => moment.Year >= 1970))
        {
            var instant = moment.ToInstant(zone);
            Claim.Equal(TimeSpan.Zero, instant.Offset, "an instant is UTC");
            Claim.That(zone.IsInvalidTime(moment) || TimeZoneInfo.ConvertTime(instant, zone).DateTime == moment, $"the clock of {zone.Id} showed it", instant);
        }
    }

    private static DateTime? Exact(Match match)
    {
        int Part(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
        var (year, month, day, hour, minute, second) = (Part("y"), Part("mo"), Part("d"), Part("h"), Part("mi"), Part("s"));
        var isMoment = year is >= 1900 and < 9000 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) && hour < 24 && minute < 60 && second < 60;
        return isMoment ? new DateTime(year, month, day, hour, minute, second).AddTicks(int.Parse(match.Groups["f"].Value.PadRight(7, '0'), CultureInfo.InvariantCulture)) : null;
    }

    private static string Odd(Draw draw, string text) => draw.Random.Next(8) switch { 0 => draw.Text(), 1 or 2 => draw.Damage(text), _ => text };

    private static string Date(Draw draw) => FormattableString.Invariant(
        $"{draw.Pick(0, 1, 1899, 1900, 1975, 2024, 2026, 2026, 2026, 2027, 8999, 9000, 9999):0000}-{draw.Int(0, 13):00}-{draw.Int(0, 32):00}");

    private static string Time(Draw draw) => FormattableString.Invariant(
        $"{draw.Pick("", "", "", "", "-")}{(draw.Once(20) ? draw.Int(24, 838) : draw.Int(0, 24)):00}:{draw.Int(0, 60):00}:{draw.Int(0, 60):00}{draw.Pick("", "", ".5", ".000000", ".123456", ".1234567", ".")}");

    /// <summary>As MariaDB prints them: up to six digits of a second.</summary>
    [GeneratedRegex(@"^(?<y>[0-9]{4})-(?<mo>[0-9]{2})-(?<d>[0-9]{2}) (?<h>[0-9]{2}):(?<mi>[0-9]{2}):(?<s>[0-9]{2})(\.(?<f>[0-9]{1,6}))?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
