using System.Globalization;
using Alur.Platform.Texts;

namespace Alur.Antrean.Khanza;

/// <summary>Text as people typed it into Khanza, made fit for PostgreSQL and JSON.</summary>
internal static class KhanzaText
{
    /// <summary>On one line and trimmed, without what <see cref="OutsideText"/> takes out, for BPJS gets it too; says whether anything but blanks was lost.</summary>
    public static string Clean(string? text, out bool stripped)
    {
        stripped = false;
        return string.IsNullOrEmpty(text) ? "" : OutsideText.Clean(text, mark: "", out stripped).Trim();
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
