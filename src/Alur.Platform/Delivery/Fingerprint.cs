using System.Text;
using System.Text.RegularExpressions;

namespace Alur.Platform.Delivery;

/// <summary>
/// Groups failures that mean the same: whatever differs from one visit to the next (digits, uuids, dates, quoted values, spacing, case)
/// is folded away, the words stay.
/// </summary>
public static partial class Fingerprint
{
    private const int MaxLength = 200;

    /// <summary>The fingerprint of a failure; never empty.</summary>
    /// <param name="code">The destination's own code, kept as it is.</param>
    /// <param name="reason">The text shown to people.</param>
    public static string Of(string? code, string? reason)
    {
        var text = (reason ?? "").Normalize(NormalizationForm.FormKC);
        text = Quoted().Replace(text, "'?'");
        text = Uuid().Replace(text, "#");
        text = Digits().Replace(text, "#");
        text = Space().Replace(text, " ").Trim().ToLowerInvariant();
        if (text.Length > MaxLength) text = text[..MaxLength];
        return $"{code ?? "-"}: {text}";
    }

    // A quote that opens after a letter is an apostrophe ("can't"), not a quoted value.
    [GeneratedRegex("""(?<!\w)(?<quote>['"`])[^'"`]{1,200}\k<quote>(?!\w)|[“‘«][^”’»]{1,200}[”’»]""", RegexOptions.None, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", RegexOptions.None, 1000)]
    private static partial Regex Uuid();

    // A number with whatever joins its parts: 2026/01/20/000123, 07:05:00.5, 2026-01-20T07:05:00+07:00, 1,5.
    [GeneratedRegex(@"[+-]?\d+(?:(?:[./:,+-]|[ ](?=\d\d:)|[tT](?=\d))*\d+)*[zZ]?(?!\w)|\d+", RegexOptions.None, 1000)]
    private static partial Regex Digits();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
