using System.Globalization;
using System.Text.RegularExpressions;

namespace Alur.Architecture.Tests;

public sealed partial class MigrationFileTests
{
    public static TheoryData<string> Folders =>
        [.. Repository.Sources("*.sql", "src").Select(file => Path.GetDirectoryName(file.Path)!).Where(folder => folder.EndsWith("/Migrations", StringComparison.Ordinal)).Distinct()];

    [Theory, MemberData(nameof(Folders))]
    public void Every_migration_has_a_way_up_and_a_way_down(string folder)
    {
        var files = Names(folder);

        Assert.All(files, file => Assert.Matches(FileName(), file));
        Assert.Equal(Steps(files, ".up.sql"), Steps(files, ".down.sql"));
    }

    [Theory, MemberData(nameof(Folders))]
    public void Migrations_are_numbered_without_gaps(string folder)
    {
        var numbers = Steps(Names(folder), ".up.sql").Select(step => int.Parse(step[..4], CultureInfo.InvariantCulture));

        Assert.Equal(Enumerable.Range(1, numbers.Count()), numbers);
    }

    private static List<string> Names(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder)).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Steps(IEnumerable<string> files, string ending) =>
        files.Where(file => file.EndsWith(ending, StringComparison.Ordinal)).Select(file => file[..^ending.Length]);

    [GeneratedRegex(@"^\d{4}_[a-z0-9_]+\.(up|down)\.sql$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();
}
