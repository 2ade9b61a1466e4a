using System.Text.RegularExpressions;

namespace Alur.Architecture.Tests;

/// <summary>docs/khanza-failures.md names for every known failure a test or a reason, and the tests it names say so themselves.</summary>
public sealed partial class KhanzaFailureTests
{
    private const int WithoutTest = 0;

    private static readonly string[] Numbers = [.. Enumerable.Range(1, 25).Select(n => $"5.{n}").Append("5.24b").Order(StringComparer.Ordinal)];

    private static List<(string Number, string Last)> Rows() =>
        [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/khanza-failures.md"))).Select(m => (m.Groups["number"].Value, m.Groups["last"].Value))];

    [Fact]
    public void Every_known_failure_has_one_row() => Assert.Equal(Numbers, Rows().Select(r => r.Number).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_test_that_a_row_names_exists_and_carries_its_number()
    {
        var tests = string.Join('\n', Repository.Sources("*.cs", "tests").Select(f => f.Text));
        var rows = Rows().Select(r => (r.Number, Names: Name().Matches(r.Last).Select(m => m.Groups["name"].Value).ToList())).ToList();

        Assert.Equal(WithoutTest, rows.Count(r => r.Names.Count == 0));
        Assert.All(rows.SelectMany(r => r.Names.Select(name => (r.Number, name))), named =>
            Assert.Matches($@"\[Trait\(""Failure"", ""{Regex.Escape(named.Number)}""\)\](\s*\[[^\n]*\][^\n]*)*\s*public (async Task|void) {named.name}\(", tests));
    }

    [GeneratedRegex(@"^\| (?<number>5\.\d+b?) \|.*\| (?<last>[^|]*) \|$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Z]\\w+)`", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
