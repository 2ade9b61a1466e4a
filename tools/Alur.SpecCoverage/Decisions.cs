using System.Text.RegularExpressions;

namespace Alur.SpecCoverage;

/// <summary>A requirement settled by a decision instead of a test. <paramref name="Record"/> is the number of its ADR.</summary>
internal sealed record Decision(string Id, string Record);

/// <summary>Reads the table of decided requirements: <c>| id | [number](../adr/file) | one sentence |</c>.</summary>
internal static partial class Decisions
{
    public const string File = "docs/spec/decisions.md";

    public static IReadOnlyList<Decision> Parse(IEnumerable<string> lines) =>
        [.. lines.Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => new Decision(match.Groups["id"].Value, match.Groups["record"].Value))];

    /// <summary>A decision that nobody wrote down is none.</summary>
    public static IEnumerable<string> WithoutRecord(IEnumerable<Decision> decisions, string adrDirectory) =>
        from decision in decisions
        where !Directory.Exists(adrDirectory) || !Directory.EnumerateFiles(adrDirectory, decision.Record + "-*.md").Any()
        select $"{File}: {decision.Id} names ADR {decision.Record}, which does not exist.";

    [GeneratedRegex(@"^\| (?<id>[A-Z]-\d+) \| \[(?<record>\d{4})\]\([^)]+\) \| \S", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
