using System.Text;

namespace Alur.Platform.Delivery;

/// <summary>PostgreSQL's text refuses U+0000 and jsonb refuses its escape and lone surrogates; both can come from the other side's answer.</summary>
internal static class StorableText
{
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
        && ushort.TryParse(json.AsSpan(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var unit)
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
