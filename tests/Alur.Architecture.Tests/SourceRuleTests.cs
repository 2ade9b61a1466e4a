using System.Text.RegularExpressions;

namespace Alur.Architecture.Tests;

/// <summary>Rules of CONTRIBUTING.md that can be read off the sources. One row of data per forbidden pattern.</summary>
public sealed partial class SourceRuleTests
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

    /// <summary>The host ignores what a loop lets escape, so a loop that lets anything escape has silently stopped.</summary>
    [Fact]
    public void Every_background_loop_catches_whatever_happens_in_it()
    {
        var loops = Repository.Sources("*.cs", "src")
            .Where(file => file.Text.Contains(": BackgroundService", StringComparison.Ordinal) && file.Text.Contains("while (", StringComparison.Ordinal)).ToList();

        Assert.True(loops.Count >= 4, "BackgroundServices with a loop are not found any more.");
        Assert.All(loops, file => Assert.Matches(@"catch \(Exception( \w+)?\)\s*\{", file.Text));
    }

    /// <summary>Whoever installs by hand what a message names must end up with what the launcher would have installed.</summary>
    [Fact]
    public void Packages_named_in_messages_are_those_that_the_launcher_installs()
    {
        var installed = Package().Matches(File.ReadAllText(Path.Combine(Repository.Root, "tools/launcher/install.sh"))).SelectMany(m => m.Groups["names"].Value.Split(' ')).ToList();
        var named = from file in Repository.Sources("*.cs", "src")
                    from Match message in NamedPackages().Matches(file.Text)
                    from name in message.Groups["name"].Captures.Select(c => c.Value)
                    select (file.Path, name);

        Assert.NotEmpty(installed);
        Assert.True(named.Count() >= 4, "Messages that name packages are not found any more.");
        Assert.All(named, package => Assert.Contains(package.name, installed));
    }

    [GeneratedRegex(@"missing\+=\((?<names>[a-z0-9 -]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Package();

    /// <summary>A version that only the data know, as in postgresql-{made}, is left open.</summary>
    [GeneratedRegex(@"Install the packages? '?(?<name>(?>[a-z0-9-]+))(?!\{)( and (?<name>[a-z0-9-]+))*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedPackages();

    [Fact]
    public void The_host_starts_in_sixty_lines()
    {
        var program = File.ReadLines(Path.Combine(Repository.Root, "src/Alur.Host/Program.cs"));

        Assert.InRange(program.Count(), 1, 60);
    }

    private const string ThisFile = nameof(SourceRuleTests) + ".cs";
}
