using System.Text.RegularExpressions;

namespace Alur.Architecture.Tests;

/// <summary>The README is what a hospital follows to the letter; what can be compared with the code is.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    [Trait("Spec", "A-001")]
    public void The_grants_are_read_only_and_cover_every_table_that_is_read()
    {
        var granted = Grant().Matches(Readme).Select(grant => (Right: grant.Groups["right"].Value, Table: grant.Groups["table"].Value)).ToList();
        var queries = Repository.Sources("*.cs", "src/Alur.Antrean/Khanza").Single(file => file.Path.EndsWith("KhanzaQueries.cs", StringComparison.Ordinal));
        var read = Table().Matches(queries.Text).Select(table => table.Groups["table"].Value).Distinct();

        Assert.All(granted, grant => Assert.Equal("SELECT", grant.Right));
        Assert.Equal(read.Order(StringComparer.Ordinal), granted.Select(grant => grant.Table).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_two_commands_of_a_newcomer_come_first()
    {
        var first = Readme.Split("```")[1];

        Assert.StartsWith("./alur demo", first.Trim(), StringComparison.Ordinal);
        Assert.Contains("\n./alur test", first, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^GRANT (?<right>[A-Z ,]+) ON sik\.(?<table>\w+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grant();

    /// <summary>Khanza's tables are all in lower case and follow from or join; an alias in brackets does not.</summary>
    [GeneratedRegex(@"\b(from|join) (?<table>[a-z][a-z_]{3,})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Table();
}
