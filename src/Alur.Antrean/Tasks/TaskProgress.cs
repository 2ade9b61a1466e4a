using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alur.Antrean.Tasks;

/// <summary>What <c>task_progress</c> can say of one task.</summary>
[JsonConverter(typeof(ProgressStatusWords))]
internal enum ProgressStatus
{
    /// <summary>Observed, not yet processed.</summary>
    [JsonStringEnumMemberName("DRAFT")]
    Draft,

    /// <summary>BPJS has it.</summary>
    [JsonStringEnumMemberName("SENT_BPJS")]
    SentBpjs,

    /// <summary>Not accepted; needs a correction or a retry.</summary>
    [JsonStringEnumMemberName("FAILED_BPJS")]
    FailedBpjs,
}

/// <summary>By its word only: a number is no status.</summary>
internal sealed class ProgressStatusWords() : JsonStringEnumConverter<ProgressStatus>(namingPolicy: null, allowIntegerValues: false);

/// <summary>One entry of <c>task_progress</c>.</summary>
/// <param name="Status">Where the task stands.</param>
/// <param name="SentAt">When BPJS accepted it; UTC.</param>
/// <param name="FailedReason">Why it failed.</param>
internal sealed record ProgressEntry(
    [property: JsonPropertyName("status")] ProgressStatus Status,
    [property: JsonPropertyName("sentAt"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTime? SentAt = null,
    [property: JsonPropertyName("failedReason"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FailedReason = null);

/// <summary>
/// The <c>task_progress</c> of a visit: every task's status by task id ("1", "3", "4", "5"). It owns the JSON. Values never change; an
/// update gives a new one. The database builds the same form from the task rows in view <c>antrean.visit_events</c>.
/// </summary>
internal sealed class TaskProgress
{
    private readonly SortedDictionary<string, ProgressEntry> _tasks;

    private TaskProgress(SortedDictionary<string, ProgressEntry> tasks) => _tasks = tasks;

    /// <summary>No task has been observed.</summary>
    public static TaskProgress Empty { get; } = new(new(StringComparer.Ordinal));

    /// <summary>Entries by task id.</summary>
    public IReadOnlyDictionary<string, ProgressEntry> Tasks => _tasks;

    /// <summary>Reads the JSON form; <c>{}</c> is empty. Throws <see cref="JsonException"/> for anything else than an object of entries.</summary>
    public static TaskProgress Parse(string json)
    {
        try
        {
            var tasks = JsonSerializer.Deserialize<Dictionary<string, ProgressEntry?>>(json);
            return tasks is null || tasks.ContainsValue(null)
                ? throw new JsonException("null is neither an entry nor an object of entries")
                : new(new(tasks!, StringComparer.Ordinal));
        }
        catch (ArgumentException e)
        {
            throw new JsonException("half of a surrogate pair is not text", e);
        }
    }

    /// <summary>The same progress with one task's status replaced; all others stay.</summary>
    /// <param name="task">Task id, such as <c>"3"</c>.</param>
    /// <param name="status">Its new status.</param>
    /// <param name="now">Becomes <c>sentAt</c> of a sent task.</param>
    /// <param name="failedReason">Required for a failed task, meaningless for others.</param>
    public TaskProgress With(string task, ProgressStatus status, DateTimeOffset now, string? failedReason = null)
    {
        if (status == ProgressStatus.FailedBpjs)
            ArgumentException.ThrowIfNullOrWhiteSpace(failedReason);
        var entry = status switch
        {
            ProgressStatus.Draft => new ProgressEntry(status),
            ProgressStatus.SentBpjs => new ProgressEntry(status, now.UtcDateTime),
            ProgressStatus.FailedBpjs => new ProgressEntry(status, FailedReason: failedReason),
        };
        return new(new(_tasks, StringComparer.Ordinal) { [task] = entry });
    }

    /// <summary>Where a task stands; null when it was not observed: absence is not DRAFT.</summary>
    public ProgressStatus? StatusOf(string task) => _tasks.GetValueOrDefault(task)?.Status;

    /// <summary>Whether BPJS has the task. For task "1" this is the one test of whether REGISTER was sent.</summary>
    public bool IsSent(string task) => StatusOf(task) == ProgressStatus.SentBpjs;

    /// <summary>The JSON form.</summary>
    public string ToJson() => JsonSerializer.Serialize(_tasks);
}
