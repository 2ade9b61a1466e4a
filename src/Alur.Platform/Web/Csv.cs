using System.Text.RegularExpressions;

namespace Alur.Platform.Web;

/// <summary>Fields of CSV files that people open in a spreadsheet (RFC 4180).</summary>
internal static partial class Csv
{
    /// <summary>
    /// The field, quoted where it must be; empty for null. What a spreadsheet would take for a formula gets an apostrophe before it: the text may
    /// come from anybody who sent us a request, and must not run where an administrator opens the file. That also holds behind a semicolon or a tab: where
    /// decimals have a comma, as in Indonesia, spreadsheets part fields there, quoted or not.
    /// </summary>
    public static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        text = Formula().Replace(text, "'");
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    // Before each sign that begins a formula, where a field begins for some spreadsheet; its quotes are doubled later.
    [GeneratedRegex("(?:^|(?<=[;\\t\\r\\n]\"*))(?=[=+\\-@\\t\\r\\uFF1D\\uFF0B\\uFF0D\\uFF20])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Formula();
}
