using System.Text.RegularExpressions;

namespace Alur.SpecCoverage;

/// <summary>One numbered requirement. <paramref name="Type"/> is the inventory's own word, such as RULE or CTR.</summary>
internal sealed record Requirement(string Id, string Type)
{
    /// <summary>Letter before the dash: which of the specified systems it belongs to.</summary>
    public string System => Id[..1];
}

/// <summary>Reads the numbered requirements out of the inventory's tables.</summary>
internal static partial class Inventory
{
    public const string File = "docs/spec/inventory.md";

    /// <summary>Withdrawn items keep their id in the document but ask for nothing.</summary>
    public static IReadOnlyList<Requirement> Parse(IEnumerable<string> lines) =>
        [.. lines.Where(line => !line.Contains("*withdrawn*", StringComparison.Ordinal))
            .Select(line => Row().Match(line))
            .Where(match => match.Success)
            .Select(match => new Requirement(match.Groups["id"].Value, match.Groups["type"].Value))];

    [GeneratedRegex(@"^\| (?<id>[ABCDX]-\d{3}) \| (?<type>[A-Z]+) \|", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
