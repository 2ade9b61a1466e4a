namespace Alur.SpecCoverage;

/// <summary>Finds what the build made of the projects under tests/.</summary>
internal static class TestAssemblies
{
    /// <summary>The newest build of every test project; <paramref name="unbuilt"/> names those that have none.</summary>
    public static IReadOnlyList<string> Find(string root, out IReadOnlyList<string> unbuilt)
    {
        var newest = Directory.EnumerateDirectories(Path.Combine(root, "tests"), "*.Tests")
            .Select(project => Path.GetFileName(project))
            .Order(StringComparer.Ordinal)
            .Select(project => (Project: project, Path: Newest(root, project)))
            .ToList();
        unbuilt = [.. newest.Where(found => found.Path is null).Select(found => found.Project)];
        return [.. newest.Select(found => found.Path).OfType<string>()];
    }

    private static string? Newest(string root, string project)
    {
        var builds = new DirectoryInfo(Path.Combine(root, "artifacts/bin", project));
        return !builds.Exists
            ? null
            : builds.EnumerateDirectories()
                .Select(build => new FileInfo(Path.Combine(build.FullName, project + ".dll")))
                .Where(assembly => assembly.Exists)
                .MaxBy(assembly => assembly.LastWriteTimeUtc)?.FullName;
    }
}
