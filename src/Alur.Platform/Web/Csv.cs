namespace Alur.Platform.Web;

/// <summary>Fields of CSV files that people open in a spreadsheet (RFC 4180).</summary>
internal static class Csv
{
    /// <summary>
    /// The field, quoted where it must be; empty for null. What a spreadsheet would take for a formula gets an apostrophe before it: the text may
    /// come from anybody who sent us a request, and must not run where an administrator opens the file.
    /// </summary>
    public static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r') text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
