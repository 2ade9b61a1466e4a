using System.Buffers;
using System.Text;

namespace Alur.Platform.Texts;

/// <summary>
/// Words of somebody else: a destination's answer, a name typed into another system, an error of another server. They can carry what moves a
/// terminal's cursor, breaks a log line in two, turns the direction of reading so that something else is read than was written, or is there without being
/// seen. Cleaned where they enter, they can be stored (PostgreSQL refuses U+0000 and halves of surrogate pairs), logged and shown as they are.
/// </summary>
public static class OutsideText
{
    /// <summary>Stands where something was taken out.</summary>
    public const string Mark = "\uFFFD";

    // Hardly any text has one.
    private static readonly SearchValues<char> s_odd = SearchValues.Create(
        Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(c => IsUnsafe(c) || char.IsSurrogate(c)).ToArray());

    /// <summary>The text on one line: blanks for line breaks and tabs, <see cref="Mark"/> for every other such character.</summary>
    public static string Clean(string text) => Clean(text, Mark, out _);

    /// <summary>As <see cref="Clean(string)"/>, with a mark of one's own.</summary>
    /// <param name="text">Somebody else's words.</param>
    /// <param name="mark">Empty: takes out without a trace, for texts that are passed on.</param>
    /// <param name="lost">Anything but line breaks and tabs was taken out.</param>
    public static string Clean(string text, string mark, out bool lost)
    {
        lost = false;
        if (!text.AsSpan().ContainsAny(s_odd))
            return text;
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
                clean.Append(text[i]).Append(text[++i]);
            else if (!IsUnsafe(text[i]) && !char.IsSurrogate(text[i]))
                clean.Append(text[i]);
            else if (char.IsWhiteSpace(text[i]))
                clean.Append(' ');
            else
                (_, lost) = (clean.Append(mark), true);
        }

        return clean.ToString();
    }

    // Control characters (C0, DEL, C1), what separates lines and paragraphs, what marks, embeds, overrides or isolates a direction of reading, and blanks
    // without a width, behind which two texts that look alike differ. U+200C and U+200D stay: scripts and emoji are written with them.
    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || c is '\u061C' or '\u200B' or '\u200E' or '\u200F' or '\u2028' or '\u2029' or '\u2060' or '\uFEFF'
            or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
