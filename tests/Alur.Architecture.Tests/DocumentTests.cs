using System.Text.RegularExpressions;

namespace Alur.Architecture.Tests;

public sealed partial class DocumentTests
{
    /// <summary>Ours; the specification's documents are kept as they were given.</summary>
    public static TheoryData<string> Documents =>
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md").Select(Path.GetFileName).OfType<string>(),
        .. Repository.Sources("*.md", "docs").Select(file => file.Path)
            .Where(path => !path.StartsWith("docs/spec/", StringComparison.Ordinal) || path == Alur.SpecCoverage.Decisions.File),
    ];

    [Theory, MemberData(nameof(Documents))]
    public void Every_link_to_a_file_leads_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        var dead = from Match link in Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
                   let target = link.Groups["target"].Value.Split('#')[0]
                   where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, target))
                   select target;

        Assert.Empty(dead);
    }

    [Fact]
    public void Every_decision_record_is_one_page_with_the_four_parts()
    {
        Assert.All(Repository.Sources("*.md", "docs/adr"), record =>
        {
            string[] parts = [.. Heading().Matches(record.Text).Select(heading => heading.Groups["text"].Value)];
            Assert.Equal(["Context", "Options", "Decision", "Consequences"], parts);
            Assert.InRange(record.Text.AsSpan().Count('\n'), 12, 50);
        });
    }

    [Fact]
    public void Every_decision_record_has_a_number_of_its_own()
    {
        var numbers = Repository.Sources("*.md", "docs/adr").Select(record => (File: Path.GetFileName(record.Path)[..4], Title: record.Text[2..6])).ToList();

        Assert.All(numbers, number => Assert.Equal(number.File, number.Title));
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    [Trait("Spec", "A-160")]
    public void The_specification_is_readable_text()
    {
        Assert.All(Repository.Sources("antrean-*.md", "docs/spec"), document => Assert.DoesNotMatch(Mojibake(), document.Text));
    }

    [Fact]
    [Trait("Spec", "A-138"), Trait("Spec", "A-139"), Trait("Spec", "A-140")]
    public void The_overview_shows_the_flow_and_explains_every_task_progress_function()
    {
        var overview = File.ReadAllText(Path.Combine(Repository.Root, "docs/architecture.md"));

        Assert.Contains("```mermaid\nflowchart", overview, StringComparison.Ordinal);
        Assert.All(["Khanza", "Poller", "Builder", "Worker", "BPJS Antrean RS"], part => Assert.Contains(part, overview, StringComparison.Ordinal));
        Assert.All(["getTaskProgress", "updateTaskProgress", "isTaskSent", "getTaskStatus"], function => Assert.Contains($"`{function}(", overview, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^## (?<text>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    /// <summary>UTF-8 read as Windows-1252: what a box line, an arrow or a tick turns into.</summary>
    [GeneratedRegex("â[\u0080-\u02FF\u2000-\u22FF]|Ã[\u0080-\u00BF]|\uFFFD", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mojibake();
}
