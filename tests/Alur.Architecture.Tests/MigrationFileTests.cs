using System.Globalization;
using System.Security.Cryptography;
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

    [Fact]
    public void A_landed_migration_is_never_changed_again()
    {
        // A database that has applied a script refuses another text of it. The list beside this test holds what has landed, as sha256sum prints it;
        // a new pair is added to it, an old line never changes.
        var landed = File.ReadAllLines(Path.Combine(Repository.Root, "tests/Alur.Architecture.Tests/landed-migrations.txt"));
        var present = Repository.Sources("*.sql", "src").Where(file => Path.GetDirectoryName(file.Path)!.EndsWith("/Migrations", StringComparison.Ordinal))
            .Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Repository.Root, file.Path))))}  {file.Path}");

        Assert.Equal(landed.Order(StringComparer.Ordinal), present.Order(StringComparer.Ordinal));
    }

    private static List<string> Names(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder)).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Steps(IEnumerable<string> files, string ending) =>
        files.Where(file => file.EndsWith(ending, StringComparison.Ordinal)).Select(file => file[..^ending.Length]);

    [GeneratedRegex(@"^\d{4}_[a-z0-9_]+\.(up|down)\.sql$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FileName();
}
