using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The one record per visit, in exactly the specified shape. <c>status</c> speaks of REGISTER only.</summary>
/// <param name="VisitId">Khanza's no_rawat, such as <c>2026/01/20/001234</c>.</param>
/// <param name="EventTime">When the visit was registered; of a Mobile JKN booking, the day and hour it is for. Null while Khanza's time cannot be read.</param>
/// <param name="Status">BLOCKED_BPJS, READY_BPJS, SENT_BPJS or FAILED_BPJS.</param>
/// <param name="PoliId">Khanza's kd_poli.</param>
/// <param name="DokterId">Khanza's kd_dokter.</param>
/// <param name="Payload">Quota, estimate and what else the registration needs, without the patient.</param>
/// <param name="TaskProgress">By task id: <c>status</c> DRAFT, SENT_BPJS (with <c>sentAt</c>) or FAILED_BPJS (with <c>failedReason</c>).</param>
public sealed record VisitEvent(
    [property: JsonPropertyName("visit_id")] string VisitId,
    [property: JsonPropertyName("event_time")] DateTimeOffset? EventTime,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("poli_id")] string PoliId,
    [property: JsonPropertyName("dokter_id")] string DokterId,
    [property: JsonPropertyName("payload")] JsonElement Payload,
    [property: JsonPropertyName("task_progress")] JsonElement TaskProgress)
{
    /// <summary>What <c>status</c> can be.</summary>
    internal static readonly string[] Statuses = ["BLOCKED_BPJS", "READY_BPJS", "SENT_BPJS", "FAILED_BPJS"];

    internal static VisitEvent Read(NpgsqlDataReader row) => new(
        row.Get<string>("visit_id"),
        row.Get<DateTimeOffset?>("event_time"),
        row.Get<string>("status"),
        row.Get<string>("poli_id"),
        row.Get<string>("dokter_id"),
        row.Get<JsonElement>("payload"),
        row.Get<JsonElement>("task_progress"));
}
