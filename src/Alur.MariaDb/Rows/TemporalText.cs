using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Alur.MariaDb.Native;

namespace Alur.MariaDb.Rows;

/// <summary>Temporal values as MariaDB writes them: '2026-01-20', '2026-01-20 08:05:00.000000', '-838:59:59'.</summary>
internal static class TemporalText
{
    /// <summary>Longest text: date, time and six decimals.</summary>
    internal const int MaxLength = 32;
    private const int MicrosecondDigits = 6;

    internal static int Write(MySqlTime time, ValueKind kind, int decimals, Span<byte> text)
    {
        int at = 0;
        if (kind == ValueKind.Time)
        {
            if (time.Negative != 0)
                text[at++] = (byte)'-';
            uint hours = (time.Day * 24) + time.Hour;
            at += Digits(text[at..], hours, hours > 99 ? 3 : 2);
        }
        else
        {
            at += Digits(text[at..], time.Year, 4);
            text[at++] = (byte)'-';
            at += Digits(text[at..], time.Month, 2);
            text[at++] = (byte)'-';
            at += Digits(text[at..], time.Day, 2);
            if (kind == ValueKind.Date)
                return at;
            text[at++] = (byte)' ';
            at += Digits(text[at..], time.Hour, 2);
        }
        text[at++] = (byte)':';
        at += Digits(text[at..], time.Minute, 2);
        text[at++] = (byte)':';
        at += Digits(text[at..], time.Second, 2);
        return at + Fraction(text[at..], (uint)time.Microsecond, decimals);
    }

    /// <summary>A date, with or without a time; false for what no calendar holds.</summary>
    internal static bool TryParseDateTime(ReadOnlySpan<byte> text, out DateTime value)
    {
        value = default;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-')
            return false;
        int year = Number(text[..4]), month = Number(text[5..7]), day = Number(text[8..10]);
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        value = new DateTime(year, month, day);
        if (text.Length == 10)
            return true;
        if (!TryParseTime(text[11..], out TimeSpan timeOfDay))
            return false;
        value += timeOfDay;
        return true;
    }

    internal static bool TryParseTime(ReadOnlySpan<byte> text, out TimeSpan value)
    {
        value = default;
        bool negative = text.Length > 0 && text[0] == '-';
        if (negative)
            text = text[1..];
        int colon = text.IndexOf((byte)':');
        if (colon < 1 || text.Length < colon + 6 || text[colon + 3] != ':')
            return false;
        int hours = Number(text[..colon]), minutes = Number(text[(colon + 1)..(colon + 3)]), seconds = Number(text[(colon + 4)..(colon + 6)]);
        if (hours < 0 || minutes is < 0 or > 59 || seconds is < 0 or > 59 || !TryParseMicroseconds(text[(colon + 6)..], out int microseconds))
            return false;
        value = new TimeSpan(0, hours, minutes, seconds, 0, microseconds);
        if (negative)
            value = -value;
        return true;
    }

    [SuppressMessage("Style", "IDE0046", Justification = "Three cases read better one under the other.")]
    private static bool TryParseMicroseconds(ReadOnlySpan<byte> text, out int microseconds)
    {
        microseconds = 0;
        if (text.IsEmpty)
            return true;
        if (text[0] != '.' || text.Length > MicrosecondDigits + 1)
            return false;
        microseconds = Number(text[1..]);
        for (int digits = text.Length - 1; digits < MicrosecondDigits; digits++)
            microseconds *= 10;
        return microseconds >= 0;
    }

    private static int Fraction(Span<byte> text, uint microseconds, int decimals)
    {
        // More than six decimals stands for "not fixed": an expression shows them when there are any.
        int digits = decimals <= MicrosecondDigits ? decimals : microseconds == 0 ? 0 : MicrosecondDigits;
        if (digits == 0)
            return 0;
        text[0] = (byte)'.';
        for (int i = digits; i < MicrosecondDigits; i++)
            microseconds /= 10;
        return 1 + Digits(text[1..], microseconds, digits);
    }

    private static int Digits(Span<byte> text, uint value, int width)
    {
        for (int i = width - 1; i >= 0; i--, value /= 10)
            text[i] = (byte)('0' + (value % 10));
        return width;
    }

    private static int Number(ReadOnlySpan<byte> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : -1;
}
