using System.Text.Json;

namespace Alur.Fuzzing;

/// <summary>What PostgreSQL can hold, looked at with other means than the product's.</summary>
internal static class Storable
{
    private static readonly System.Text.UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What no text from outside may have where people read it: control characters, other line breaks, changes of the direction of reading.</summary>
    public static readonly System.Text.RegularExpressions.Regex MovesAScreen = new(@"[\p{Cc}\u061C\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\u2060\u2066-\u2069\uFEFF]", System.Text.RegularExpressions.RegexOptions.NonBacktracking);

    /// <summary>Whether a text column can hold it.</summary>
    public static bool Text(string text)
    {
        try
        {
            return Strict.GetByteCount(text) >= 0 && !text.Contains('\0', StringComparison.Ordinal);
        }
        catch (System.Text.EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Whether a jsonb column can hold it: JSON whose every string is storable.</summary>
    public static bool Json(string json, bool anyNumber = false)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
            return Text(json) && Strings(document.RootElement).All(Text) && (anyNumber || Numbers(document.RootElement).All(IsNumeric));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    // PostgreSQL's numeric ends at 131,072 digits before the point and 16,383 behind it.
    private static bool IsNumeric(string number) =>
        number.Split('e', 'E') is not [_, var exponent] || (int.TryParse(exponent, System.Globalization.CultureInfo.InvariantCulture, out var power) && Math.Abs(power) < 10_000);

    private static IEnumerable<string> Numbers(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => [element.GetRawText()],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Numbers),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Numbers(p.Value)),
        _ => [],
    };

    /// <summary>Every string in it, names of properties included.</summary>
    public static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Strings(p.Value).Prepend(p.Name)),
        _ => [],
    };
}
