using System.Diagnostics;
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
    public async Task A_build_without_npm_says_what_to_install()
    {
        var empty = Directory.CreateTempSubdirectory("alur-no-npm-").FullName;
        File.CreateSymbolicLink(Path.Combine(empty, "sh"), "/bin/sh");
        var build = new ProcessStartInfo("dotnet", ["msbuild", "-nologo", "-v:q", "-nodeReuse:false", "-t:FetchDrawn", $"-p:Drawn={empty}/packages"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.Combine(Repository.Root, "src", "Alur.Platform"),
        };
        build.Environment["PATH"] = empty;

        using var process = Process.Start(build)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Directory.Delete(empty, recursive: true);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("error : Building the pages needs npm, and there is none. On Debian and Ubuntu: apt-get install nodejs npm", output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "A-112")]
    public void Ci_runs_the_test_command_and_nothing_else()
    {
        var commands = File.ReadLines(Path.Combine(Repository.Root, ".ci/run")).Where(line => line.Length > 0 && line[0] != '#');

        Assert.Equal("""cd "$(dirname "$0")/.." && exec ./alur test""", Assert.Single(commands));
    }
}
