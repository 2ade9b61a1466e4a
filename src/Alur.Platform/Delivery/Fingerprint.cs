using System.Text;
using System.Text.RegularExpressions;

namespace Alur.Platform.Delivery;

/// <summary>
/// Groups failures that mean the same: whatever differs from one visit to the next (words with digits, uuids, dates, quoted values, spacing, case)
/// is folded away, the words stay.
/// </summary>
public static partial class Fingerprint
{
    private const int ReadAtMost = 1000;
    private const int MaxLength = 200;

    /// <summary>The fingerprint of a failure; never empty.</summary>
    /// <param name="code">The destination's own code, kept as it is.</param>
    /// <param name="reason">The text shown to people.</param>
    public static string Of(string? code, string? reason)
    {
        var text = reason is { Length: > ReadAtMost } ? reason[..ReadAtMost] : reason ?? "";
        text = StorableText.Plain(text)!.Normalize(NormalizationForm.FormKC);
        text = Quoted().Replace(text, "'?'");
        text = Uuid().Replace(text, "#");
        text = Numbers().Replace(text, "#");
        text = Space().Replace(text, " ").Trim().ToLowerInvariant();
        if (text.Length > MaxLength) text = text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return $"{code ?? "-"}: {text}";
    }

    // A quote that opens after a letter is an apostrophe ("can't"), not a quoted value.
    [GeneratedRegex("""(?<!\w)(?<quote>['"`])[^'"`]{1,200}\k<quote>(?!\w)|[“‘«][^”’»]{1,200}[”’»]""", RegexOptions.None, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", RegexOptions.None, 1000)]
    private static partial Regex Uuid();

    // A word with a digit in it, with whatever joins its parts: 2026/01/20/000123, 07:05:00.5, 20260120A0001, and such words in a row.
    [GeneratedRegex(@"[+-]?\b(?>\w*\d\w*)(?:[./:,+\s-]+\b(?>\w*\d\w*))*", RegexOptions.None, 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
