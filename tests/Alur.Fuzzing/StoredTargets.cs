using System.Text.Json;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;

namespace Alur.Fuzzing;

/// <summary>What the server reads back or makes fit for its own tables.</summary>
internal static class StoredTargets
{
    private static readonly string[] Names = ["status", "sentAt", "failedReason", "DRAFT", "SENT_BPJS", "FAILED_BPJS", "1", "3", "2026-01-20T01:05:07Z"];

    /// <summary>The JSON of task_progress is read whole or refused as JSON, and means the same when written again.</summary>
    public static FuzzTarget Progress { get; } = FuzzTarget.OfText(
        "task-progress",
        draw => draw.Random.Next(3) switch { 0 => draw.Json(3, Names), 1 => draw.Text(60), _ => draw.Damage("""{"1":{"status":"SENT_BPJS","sentAt":"2026-01-20T01:05:07Z"},"4":{"status":"FAILED_BPJS","failedReason":"x"},"5":{"status":"DRAFT"}}""") },
        json =>
        {
            TaskProgress progress;
            try
            {
                progress = TaskProgress.Parse(json);
            }
            catch (JsonException)
            {
                return; // the declared refusal
            }

            Claim.That(progress.Tasks.All(task => progress.StatusOf(task.Key) == task.Value.Status && Enum.IsDefined(task.Value.Status)), "every entry has a known status");
            var again = TaskProgress.Parse(progress.ToJson());
            Claim.Equal(progress.ToJson(), again.ToJson(), "what was read is written as it was");
            Claim.That(again.With("3", ProgressStatus.Draft, DateTimeOffset.UnixEpoch).StatusOf("3") == ProgressStatus.Draft, "a task can be set");
        });

    /// <summary>Every failure has a fingerprint that can be stored, and it does not tell visits apart by their numbers.</summary>
    public static FuzzTarget Fingerprints { get; } = FuzzTarget.OfText("fingerprints", draw => draw.Text(draw.Once(10) ? 1500 : 60), reason =>
    {
        var fingerprint = Fingerprint.Of("201", reason);
        Claim.That(Storable.Text(fingerprint), "a fingerprint can be stored", fingerprint);
        Claim.That(fingerprint.Length is > 0 and <= 220, "a fingerprint is short", fingerprint.Length);
        var (one, other) = (Fingerprint.Of("201", $"2026/01/20/000001 {Words(reason)}"), Fingerprint.Of("201", $"2026/01/21/000777 {Words(reason)}"));
        Claim.Equal(one, other, "numbers of visits make no difference");
    });

    /// <summary>What is made storable is, and JSON stays JSON.</summary>
    public static FuzzTarget Stored { get; } = FuzzTarget.OfText("storable-texts", draw => draw.Once(2) ? draw.Text(60) : draw.Json(3), text =>
    {
        Claim.That(Storable.Text(StorableText.Plain(text)!), "a plain text is storable");
        if (IsJson(text))
        {
            var kept = StorableText.Json(text)!;
            Claim.That(Storable.Json(kept, anyNumber: true), "JSON is storable as jsonb", kept);
        }
    });

    private static string Words(string text) => string.Concat(text.Where(c => char.IsAsciiLetter(c) || c == ' '));

    private static bool IsJson(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return false;
        }
    }
}
