using System.Text.RegularExpressions;
using Alur.SpecCoverage;

namespace Alur.Architecture.Tests;

public sealed partial class TestNameTests
{
    public static TheoryData<string> Built => [.. TestAssemblies.Find(Repository.Root, out _).Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory, MemberData(nameof(Built))]
    public void Every_test_is_named_in_a_sentence(string project)
    {
        var path = TestAssemblies.Find(Repository.Root, out _).Single(found => Path.GetFileNameWithoutExtension(found) == project);
        var others = TestMethods.Read(path).Where(test => !Sentence().IsMatch(test.Name));

        Assert.Empty(others.Select(test => $"{test.Class}.{test.Name}"));
    }

    /// <summary>At least three words, the first of them with a capital or a number.</summary>
    [GeneratedRegex(@"^[A-Z0-9]\w*?(_\w+?){2,}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sentence();
}
