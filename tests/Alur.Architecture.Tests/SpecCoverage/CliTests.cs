using System.Reflection;
using System.Text.Json;
using Alur.SpecCoverage;
using static Alur.Architecture.Tests.SpecCoverage.SampleAssembly;

namespace Alur.Architecture.Tests.SpecCoverage;

public sealed class CliTests : IDisposable
{
    private const string Items = """
        | A-001 | RULE | first | x |
        | A-002 | RULE | second | x |
        | A-003 | OPS | third | x |
        | A-004 | RULE | fourth, *withdrawn* | x |
        | B-001 | COL | other system | x |
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("alur-coverage-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Tested_decided_and_open_requirements_add_up_to_the_inventory()
    {
        Lay("| A-002 | [0001](../adr/0001-why.md) | because |\n| A-001 | [0001](../adr/0001-why.md) | also tested |", claim: "A-001");

        var (exit, output, _) = Run("--json");

        using var json = JsonDocument.Parse(output);
        Assert.Equal(0, exit);
        Assert.Equal("""{"total":4,"tested":1,"decided":1,"open":2,"bySystem":{"A":{"total":3,"tested":1,"decided":1,"open":1},"B":{"total":1,"tested":0,"decided":0,"open":1}},"openIds":["A-003","B-001"]}""", json.RootElement.GetRawText());
    }

    [Theory]
    [InlineData("A-999", "| A-002 | [0001](../adr/0001-why.md) | because |", "A-999")]
    [InlineData("A-001", "| A-777 | [0001](../adr/0001-why.md) | because |", "A-777")]
    [InlineData("A-001", "| A-002 | [0002](../adr/0002-gone.md) | because |", "ADR 0002")]
    public void A_claim_on_something_that_does_not_exist_is_an_error(string claim, string decision, string named)
    {
        Lay(decision, claim);

        var (exit, _, errors) = Run();

        Assert.Equal(1, exit);
        Assert.Contains(named, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_project_that_was_not_built_is_an_error()
    {
        Lay("", claim: "A-001");
        Directory.CreateDirectory(Path.Combine(_root, "tests/Other.Tests"));

        var (exit, _, errors) = Run();

        Assert.Equal(1, exit);
        Assert.Contains("Other.Tests is not built", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_options_are_wrong_usage() => Assert.Equal(2, Run("--yaml").Exit);

    [Fact]
    public void The_inventory_is_read_whole()
    {
        var lines = File.ReadLines(Path.Combine(Repository.Root, Inventory.File)).ToList();
        var stated = lines.Single(line => line.StartsWith("| **all** |", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries)[^2];

        Assert.Equal($"**{Inventory.Parse(lines).Count}**", stated);
    }

    private (int Exit, string Output, string Errors) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = Cli.Run(args, _root, output, errors);
        return (exit, output.ToString().Trim(), errors.ToString());
    }

    private void Lay(string decisions, string claim)
    {
        foreach (var folder in new[] { "docs/spec", "docs/adr", "tests/Some.Tests" })
        {
            Directory.CreateDirectory(Path.Combine(_root, folder));
        }

        File.WriteAllText(Path.Combine(_root, Inventory.File), Items);
        File.WriteAllText(Path.Combine(_root, Decisions.File), decisions);
        File.WriteAllText(Path.Combine(_root, "docs/adr/0001-why.md"), "# Why");
        Write(Path.Combine(_root, "artifacts/bin/Some.Tests/debug/Some.Tests.dll"), Class("Some", TypeAttributes.Public, null, Method("It_is_so", claim)));
    }
}
