using System.Text.RegularExpressions;

namespace Alur.Platform.Webhooks;

/// <summary>Which events a receiver wants: by exact type, by a beginning such as <c>booking.*</c>, or all by <c>*</c>.</summary>
internal static partial class EventPatterns
{
    private const int Most = 50;
    private const int Longest = 100;
    private const string All = "*";

    /// <summary>Whether these can be asked for.</summary>
    public static bool AreValid(IReadOnlyList<string> patterns) =>
        patterns.Count is > 0 and <= Most && patterns.All(pattern => pattern.Length <= Longest && Pattern().IsMatch(pattern));

    /// <summary>Whether one of them is of this type.</summary>
    public static bool Match(IEnumerable<string> patterns, string type) => patterns.Any(pattern =>
        pattern == All || pattern == type || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)));

    [GeneratedRegex(@"^(\*|[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*(\.\*)?)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
