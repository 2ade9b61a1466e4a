using System.Text.Json.Serialization;
using Alur.Antrean.Tasks;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>One observed task and where it stands.</summary>
/// <param name="VisitId">Khanza's no_rawat.</param>
/// <param name="Task">Code of the task catalogue: 1 REGISTER, 3 CHECKIN, 4 START, 5 FINISH.</param>
/// <param name="Label">The task's name.</param>
/// <param name="State">sent, held, failed, cancelled or pending.</param>
/// <param name="Reason">Why it is held or cancelled; null otherwise.</param>
/// <param name="Explanation">The held reason in words and who can mend it; null unless held.</param>
/// <param name="FailedReason">What BPJS or the network said last; null unless failed.</param>
/// <param name="Waktu">The moment it happened: as observed, or as sent once it is sent; null: Khanza's cannot be read.</param>
/// <param name="WaktuKhanza">What Khanza says now; null when it is no longer there.</param>
/// <param name="Differs">Sent, and Khanza says something else by now: what BPJS holds is never changed.</param>
/// <param name="Source">The column that gave the moment.</param>
/// <param name="AlreadyThere">Sent by somebody else: BPJS had it already.</param>
/// <param name="FirstSeenAt">When our poll first saw it.</param>
/// <param name="QueuedAt">When it was queued; null when it is not.</param>
/// <param name="SentAt">When BPJS had it.</param>
/// <param name="ServiceDate">Day of service; null while the visit was not read.</param>
/// <param name="PoliId">Khanza's kd_poli; null while the visit was not read.</param>
/// <param name="DokterId">Khanza's kd_dokter; null while the visit was not read.</param>
public sealed record WorkItem(
    [property: JsonPropertyName("visit_id")] string VisitId,
    [property: JsonPropertyName("task_id")] string Task,
    [property: JsonPropertyName("label")] string Label,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("explanation")] Explanation? Explanation,
    [property: JsonPropertyName("failed_reason")] string? FailedReason,
    [property: JsonPropertyName("waktu")] DateTimeOffset? Waktu,
    [property: JsonPropertyName("waktu_khanza")] DateTimeOffset? WaktuKhanza,
    [property: JsonPropertyName("differs")] bool Differs,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("already_there")] bool AlreadyThere,
    [property: JsonPropertyName("first_seen_at")] DateTimeOffset FirstSeenAt,
    [property: JsonPropertyName("queued_at")] DateTimeOffset? QueuedAt,
    [property: JsonPropertyName("sent_at")] DateTimeOffset? SentAt,
    [property: JsonPropertyName("service_date")] DateOnly? ServiceDate,
    [property: JsonPropertyName("poli_id")] string? PoliId,
    [property: JsonPropertyName("dokter_id")] string? DokterId)
{
    /// <summary>The state in the words of pages: what is only observed is not held by anything.</summary>
    internal string Shown => State == "held" && Reason == HeldReasons.Observed ? "ready" : State;

    internal static WorkItem Read(NpgsqlDataReader row)
    {
        var held = row.GetOrDefault<string>("held_reason");
        var cancelled = row.GetOrDefault<string>("cancelled_reason");
        return new WorkItem(
            row.Get<string>("visit_id"),
            row.Get<string>("task"),
            row.Get<string>("label"),
            StateOf(row.Get<string>("status"), held, cancelled),
            held ?? cancelled,
            held is null ? null : Explanation.Of(held),
            row.GetOrDefault<string>("failed_reason"),
            row.Get<bool>("is_unreadable") ? null : row.Get<DateTimeOffset>("waktu"),
            row.Get<bool>("is_unreadable") ? null : row.GetOrDefault<DateTimeOffset?>("waktu_khanza"),
            row.Get<bool>("differs"),
            row.Get<string>("source"),
            row.Get<bool>("already_there"),
            row.Get<DateTimeOffset>("first_seen_at"),
            row.GetOrDefault<DateTimeOffset?>("queued_at"),
            row.GetOrDefault<DateTimeOffset?>("sent_at"),
            row.GetOrDefault<DateOnly?>("service_date"),
            row.GetOrDefault<string>("poli_id"),
            row.GetOrDefault<string>("dokter_id"));
    }

    private static string StateOf(string status, string? held, string? cancelled) => (status, held, cancelled) switch
    {
        ("SENT_BPJS", _, _) => "sent",
        ("FAILED_BPJS", _, _) => "failed",
        (_, not null, _) => "held",
        (_, _, not null) => "cancelled",
        _ => "pending",
    };
}

/// <summary>A held reason for people.</summary>
/// <param name="Indonesian">One sentence in Indonesian.</param>
/// <param name="English">The same in English.</param>
/// <param name="MendedBy">Who can mend it.</param>
public sealed record Explanation(
    [property: JsonPropertyName("id")] string Indonesian,
    [property: JsonPropertyName("en")] string English,
    [property: JsonPropertyName("mended_by")] string MendedBy)
{
    private static readonly Dictionary<string, Explanation> ByCode = HeldReasons.All.ToDictionary(
        reason => reason.Code, reason => new Explanation(reason.Sentence, reason.English, reason.Mender), StringComparer.Ordinal);

    internal static Explanation Of(string code) => ByCode[code];
}
