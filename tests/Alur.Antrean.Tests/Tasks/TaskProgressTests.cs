using System.Text.Json;
using Alur.Antrean.Tasks;

namespace Alur.Antrean.Tests.Tasks;

[Trait("Spec", "A-056")]
[Trait("Spec", "A-110")]
public sealed class TaskProgressTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 20, 17, 0, 0, TimeSpan.FromHours(7));

    [Fact]
    [Trait("Spec", "A-058")]
    [Trait("Spec", "A-089")]
    public void Sending_the_first_task_of_an_empty_progress_notes_when() =>
        Assert.Equal("""{"1":{"status":"SENT_BPJS","sentAt":"2026-01-20T10:00:00Z"}}""",
            TaskProgress.Parse("{}").With("1", ProgressStatus.SentBpjs, Now).ToJson());

    [Fact]
    [Trait("Spec", "A-058")]
    [Trait("Spec", "A-090")]
    public void A_new_task_leaves_the_others_as_they_are()
    {
        var before = TaskProgress.Parse("""{"1":{"status":"SENT_BPJS"}}""");

        var after = before.With("3", ProgressStatus.Draft, Now);

        Assert.Equal("""{"1":{"status":"SENT_BPJS"},"3":{"status":"DRAFT"}}""", after.ToJson());
        Assert.Equal("""{"1":{"status":"SENT_BPJS"}}""", before.ToJson());
    }

    [Fact]
    [Trait("Spec", "A-057")]
    public void The_specified_json_is_read_and_written_unchanged()
    {
        const string Json = """{"1":{"status":"SENT_BPJS","sentAt":"2026-01-20T10:00:00Z"},"3":{"status":"SENT_BPJS","sentAt":"2026-01-20T10:05:00Z"},"4":{"status":"FAILED_BPJS","failedReason":"Timeout"},"5":{"status":"DRAFT"}}""";

        Assert.Equal(Json, TaskProgress.Parse(Json).ToJson());
        Assert.Equal("Timeout", TaskProgress.Parse(Json).Tasks["4"].FailedReason);
    }

    [Fact]
    [Trait("Spec", "A-059")]
    [Trait("Spec", "A-142")]
    public void Only_a_sent_task_is_sent()
    {
        var progress = TaskProgress.Parse("""{"1":{"status":"SENT_BPJS"},"3":{"status":"DRAFT"},"4":{"status":"FAILED_BPJS","failedReason":"x"}}""");

        Assert.Equal([true, false, false, false], new[] { "1", "3", "4", "5" }.Select(progress.IsSent));
    }

    [Fact]
    [Trait("Spec", "A-060")]
    [Trait("Spec", "A-154")]
    public void A_task_that_was_not_observed_has_no_status()
    {
        var progress = TaskProgress.Parse("""{"1":{"status":"SENT_BPJS"},"3":{"status":"DRAFT"},"4":{"status":"FAILED_BPJS","failedReason":"x"}}""");

        Assert.Equal(
            [ProgressStatus.SentBpjs, ProgressStatus.Draft, ProgressStatus.FailedBpjs, null],
            new[] { "1", "3", "4", "5" }.Select(progress.StatusOf));
    }

    [Fact]
    public void A_failure_needs_a_reason_and_a_new_draft_forgets_it()
    {
        Assert.Throws<ArgumentNullException>(() => TaskProgress.Empty.With("4", ProgressStatus.FailedBpjs, Now));
        Assert.Equal("""{"4":{"status":"DRAFT"}}""",
            TaskProgress.Empty.With("4", ProgressStatus.FailedBpjs, Now, "Timeout").With("4", ProgressStatus.Draft, Now).ToJson());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"1":{"status":"MAYBE"}}""")]
    [InlineData("""{"1":"SENT_BPJS"}""")]
    [InlineData("""{"1":null}""")]
    [InlineData("""{"1":{"status":21}}""")]
    [InlineData("null")]
    public void Anything_else_is_refused(string json) => Assert.Throws<JsonException>(() => TaskProgress.Parse(json));

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused_like_any_other_text_that_is_not_JSON() => Assert.Throws<JsonException>(() => TaskProgress.Parse("{\ud800}"));
}
