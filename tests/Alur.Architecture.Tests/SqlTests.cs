using System.Text.RegularExpressions;

namespace Alur.Architecture.Tests;

/// <summary>Where SQL stands: a statement has a name, and is found beside whoever runs it.</summary>
public sealed partial class SqlTests
{
    private static readonly string[] Searched = ["src/Alur.Antrean", "src/Alur.Platform", "src/Alur.Host"];

    [Fact]
    public void Every_statement_is_a_named_constant()
    {
        var statements = (from file in Repository.Sources("*.cs", Searched)
                          from Match statement in Statement().Matches(file.Text)
                          select (file.Path, Line: file.Text.AsSpan(0, statement.Index).Count('\n') + 1, Before: statement.Groups["before"].Value, Text: statement.Value)).ToList();

        Assert.True(statements.Count > 200, "Statements are not found any more.");
        Assert.Empty(statements.Where(s => !Named().IsMatch(s.Before) && !Comment().IsMatch(s.Before) && !NeedsAnIdentifier().IsMatch(s.Text)).Select(s => $"{s.Path}:{s.Line}: {s.Text.Trim()}"));
    }

    /// <summary>A text that begins as a statement does, with what stands before it on its line.</summary>
    [GeneratedRegex("""
        ^(?<before>[^\n"]*?)\$*("{3}\s*\n\s*|@?")(select|insert\ into|update|delete\ from|with|create|alter|drop|truncate|grant|revoke|lock|call)\ [^\n]*
        """, RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Statement();

    [GeneratedRegex(@"(const string \w+ =|static readonly string \w+ =|^\s+(: |\? )?$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"^\s*//", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comment();

    /// <summary>A name of a table or role cannot be a parameter; and a probe says nothing.</summary>
    [GeneratedRegex(@"\$""[^""]*\{|""select 1""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NeedsAnIdentifier();
}
