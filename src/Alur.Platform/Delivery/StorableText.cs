using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Alur.Platform.Delivery;

/// <summary>PostgreSQL's text refuses U+0000 and jsonb refuses its escape and lone surrogates; both can come from the other side's answer.</summary>
internal static class StorableText
{
    private const int LongestNumber = 100;
    private const int LargestExponent = 99;

    /// <summary>The text without U+0000 and without surrogates that have no partner.</summary>
    public static string? Plain(string? text)
    {
        if (text is null || IsPlain(text)) return text;
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                kept.Append(text[i]).Append(text[++i]);
            else if (text[i] != '\0' && !char.IsSurrogate(text[i]))
                kept.Append(text[i]);
        }

        return kept.ToString();
    }

    /// <summary>As <see cref="Plain"/>, and without the escapes <c>\u0000</c> and <c>\uD800</c>…<c>\uDFFF</c> that have no partner.</summary>
    public static string? Json(string? json)
    {
        json = Plain(json);
        if (json is null || !json.Contains("\\u", StringComparison.OrdinalIgnoreCase)) return json;
        var kept = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length;)
        {
            var length = json[i] == '\\' ? Escape(json, i, out var refused) : Character(out refused);
            if (!refused) kept.Append(json, i, length);
            i += length;
        }

        return kept.ToString();
    }

    /// <summary>
    /// As <see cref="Json"/>, for what somebody else wrote. A number is stored digit by digit: with an exponent a few letters become thousands of digits, or more than jsonb holds.
    /// Where there is such a number, the whole is kept as a JSON string.
    /// </summary>
    public static string? Outside(string? json)
    {
        json = Json(json);
        return json is not null && HasEndlessNumber(json) ? JsonSerializer.Serialize(json) : json;
    }

    // Outside of strings an E after a digit is an exponent.
    private static bool HasEndlessNumber(string json)
    {
        var (quoted, digits) = (false, 0);
        for (var i = 0; i < json.Length; i++)
        {
            if (quoted && json[i] == '\\') i++;
            else if (json[i] == '"') (quoted, digits) = (!quoted, 0);
            if (quoted) continue;
            digits = json[i] is '.' || char.IsAsciiDigit(json[i]) ? digits + 1 : 0;
            if (digits > LongestNumber) return true;
            if (json[i] is 'e' or 'E' && i > 0 && json[i - 1] is '.' or (>= '0' and <= '9') && Exponent(json.AsSpan(i + 1)) > LargestExponent) return true;
        }

        return false;
    }

    private static int Exponent(ReadOnlySpan<char> text)
    {
        text = text.TrimStart("+-").TrimStart('0');
        var length = text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;
        return length > 4 ? int.MaxValue : length == 0 ? 0 : int.Parse(text[..length], CultureInfo.InvariantCulture);
    }

    private static int Character(out bool refused)
    {
        refused = false;
        return 1;
    }

    private static int Escape(string json, int at, out bool refused)
    {
        refused = false;
        if (Unit(json, at) is not { } unit) return Math.Min(2, json.Length - at);
        if (char.IsHighSurrogate(unit) && Unit(json, at + 6) is { } next && char.IsLowSurrogate(next)) return 12;
        refused = unit == '\0' || char.IsSurrogate(unit);
        return 6;
    }

    private static char? Unit(string json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, null, out var unit)
            ? (char)unit
            : null;

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (c == '\0' || char.IsSurrogate(c)) return false;
        }

        return true;
    }
}
