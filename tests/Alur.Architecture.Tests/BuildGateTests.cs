using System.Xml.Linq;

namespace Alur.Architecture.Tests;

/// <summary>What the test command compiles and runs is everything, and nothing in it may look away.</summary>
public sealed class BuildGateTests
{
    [Fact]
    [Trait("Spec", "A-106"), Trait("Spec", "A-111")]
    public void Every_project_is_built_by_the_test_command()
    {
        var listed = XDocument.Load(Path.Combine(Repository.Root, "Alur.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        var existing = Repository.Sources("*.csproj", "src", "tests", "bench", "tools").Select(project => project.Path);

        Assert.Equal(existing.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Spec", "A-106"), Trait("Spec", "A-111")]
    public void A_warning_breaks_the_build_of_every_project()
    {
        var shared = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        var excused = Repository.Sources("*.csproj", "src", "tests", "bench", "tools")
            .Where(project => project.Text.Contains("TreatWarningsAsErrors", StringComparison.Ordinal)).Select(project => project.Path);

        Assert.Equal("true", shared.Descendants("TreatWarningsAsErrors").Single().Value);
        Assert.Empty(excused);
    }

    [Fact]
    [Trait("Spec", "A-112")]
    public void Ci_runs_the_test_command_and_nothing_else()
    {
        var commands = File.ReadLines(Path.Combine(Repository.Root, ".ci/run")).Where(line => line.Length > 0 && line[0] != '#');

        Assert.Equal("""cd "$(dirname "$0")/.." && exec ./alur test""", Assert.Single(commands));
    }
}
