using System.Buffers;
using System.Globalization;
using System.Text;

namespace Alur.Antrean.Khanza;

/// <summary>Text as people typed it into Khanza, made fit for PostgreSQL and JSON.</summary>
internal static class KhanzaText
{
    // Everything that is taken out or may have to be: control characters and surrogates. Hardly any text has one.
    private static readonly SearchValues<char> Odd = SearchValues.Create(
        Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(c => char.IsControl(c) || char.IsSurrogate(c)).ToArray());

    /// <summary>Without control characters, U+0000 and lone surrogates (jsonb cannot hold the last two), trimmed; says whether anything but blanks was lost.</summary>
    public static string Clean(string? text, out bool stripped)
    {
        stripped = false;
        if (string.IsNullOrEmpty(text))
            return "";
        if (!text.AsSpan().ContainsAny(Odd))
            return text.Trim();
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                clean.Append(text[i]).Append(text[++i]);
            else if (!char.IsControl(text[i]) && !char.IsSurrogate(text[i]))
                clean.Append(text[i]);
            else if (char.IsWhiteSpace(text[i]))
                clean.Append(' ');
            else
                stripped = true;
        }
        return clean.ToString().Trim();
    }

    /// <summary>The first usable telephone number of a field that may hold several, with or without separators; empty when there is none.</summary>
    public static string Phone(string text)
    {
        foreach (var part in text.Split(['/', ',', ';', '|', '\\'], StringSplitOptions.TrimEntries))
        {
            var digits = string.Concat(part.Where(char.IsAsciiDigit));
            if (digits.Length is >= 9 and <= 15)
                return digits;
        }
        return "";
    }

    /// <summary>A whole number in a text column, such as queue number <c>007</c>; null when it is none.</summary>
    public static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
