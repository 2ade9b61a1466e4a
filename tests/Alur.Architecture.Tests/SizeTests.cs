using System.Globalization;
using System.Text;

namespace Alur.Architecture.Tests;

/// <summary>How large everything is: reported at every run in <c>artifacts/sizes.md</c>, for whoever reviews a change.</summary>
public sealed class SizeTests
{
    private static readonly string[] Folders = ["src", "tests", "tools", "bench"];

    [Fact]
    public void The_sizes_of_all_projects_are_reported()
    {
        var projects = Repository.Sources("*.csproj", Folders).Select(project => Path.GetDirectoryName(project.Path)!).ToList();
        var files = Repository.Sources("*.cs", Folders).Select(file => (file.Path, Lines: file.Text.AsSpan().Count('\n'))).ToList();
        var report = new StringBuilder("| project | files | lines | longest file |\n|---|---:|---:|---|\n");
        foreach (var project in projects)
        {
            var own = files.Where(file => file.Path.StartsWith(project + "/", StringComparison.Ordinal)).OrderByDescending(file => file.Lines).ToList();
            Assert.NotEmpty(own);
            report.Append(CultureInfo.InvariantCulture, $"| {project} | {own.Count} | {own.Sum(file => file.Lines)} | {Path.GetRelativePath(project, own[0].Path)}, {own[0].Lines} |\n");
        }

        report.Append(CultureInfo.InvariantCulture, $"| all | {files.Count} | {files.Sum(file => file.Lines)} | |\n");
        Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts"));
        File.WriteAllText(Path.Combine(Repository.Root, "artifacts/sizes.md"), report.ToString());

        // Every file is some project's, or its lines would be in no row.
        Assert.All(files, file => Assert.Contains(projects, project => file.Path.StartsWith(project + "/", StringComparison.Ordinal)));
    }
}
