using System.Text.RegularExpressions;

namespace Alur.Architecture.Tests;

/// <summary>Rules of CONTRIBUTING.md that can be read off the sources. One row of data per forbidden pattern.</summary>
public sealed class SourceRuleTests
{
    private const int MaxLines = 250;
    private static readonly string[] Code = ["src", "tests", "tools", "bench"];

    public static TheoryData<string, string, string> Forbidden => new()
    {
        { "no type is called Manager, Helper, Util, Service, Impl, Base or Dto", "src tests tools bench",
            @"\b(class|record|struct|interface)\s+\w+(Manager|Helper|Helpers|Util|Utils|Utilities|Service|Impl|Base|DTO|Dto)\b" },
        { "SQL is a named constant beside its caller", "src",
            @"(new NpgsqlCommand|new NpgsqlBatchCommand|CreateCommand|CreateBatchCommand)\(\s*[$@]*""(?!select (1|@@\w+)"").*|CommandText\s*=\s*[$@]*"".*" },
        { "no region", "src tests tools bench", @"^\s*#region.*" },
        { "no unfinished work", "src tests tools bench", @"\b(TODO|FIXME|NotImplementedException)\b" },
        { "no skipped test", "tests", @"\[(Fact|Theory)[^\]]*Skip\w*\s*=.*|Assert\.Skip\w*\(.*" },
        { "no test sleeps", "tests",
            @"Thread\.Sleep\(.*|Task\.Delay\(\s*(\d{4,}|[1-9]_\d{3}|TimeSpan\.From(Seconds|Minutes|Hours)\((?!0?\.)\d).*" },
        { "TLS verification is never switched off", "src tests tools bench",
            @"DangerousAcceptAny\w*|ServerCertificate\w*Callback\s*=.*=>\s*true.*|Trust\s?Server\s?Certificate\s*=\s*true" },
    };

    [Theory, MemberData(nameof(Forbidden))]
    public void The_sources_keep_the_rule(string rule, string folders, string pattern)
    {
        var forbidden = new Regex(pattern, RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
        var found = Repository.Sources("*.cs", folders.Split(' ')).Where(file => !file.Path.EndsWith(ThisFile, StringComparison.Ordinal)).Matches(forbidden);

        Assert.True(found.Count == 0, $"{rule}:\n{string.Join('\n', found)}");
    }

    [Fact]
    public void No_source_file_is_longer_than_the_budget()
    {
        var tooLong = from file in Repository.Sources("*.cs", Code)
                      let lines = file.Text.AsSpan().Count('\n')
                      where lines > MaxLines
                      select $"{file.Path}: {lines} lines";

        Assert.Empty(tooLong);
    }

    [Fact]
    public void The_host_starts_in_sixty_lines()
    {
        var program = File.ReadLines(Path.Combine(Repository.Root, "src/Alur.Host/Program.cs"));

        Assert.InRange(program.Count(), 1, 60);
    }

    private const string ThisFile = nameof(SourceRuleTests) + ".cs";
}
