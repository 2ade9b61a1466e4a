using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Alur.Antrean.Bpjs;

/// <summary>A job's payload as the queue builder makes it: <c>{"endpoint":…,"task":…,"body":{…},"waktu":…}</c>.</summary>
/// <param name="Endpoint">Path below the base address.</param>
/// <param name="Body">JSON sent exactly as it is.</param>
/// <param name="Kodebooking">From the body; null when it has none.</param>
/// <param name="TaskId">From the body; null for bookings.</param>
/// <param name="Waktu">The moment told, from the body's epoch milliseconds; null for bookings.</param>
internal sealed record BpjsJob(string Endpoint, string Body, string? Kodebooking, int? TaskId, DateTimeOffset? Waktu)
{
    /// <summary>What people call it, as in the task catalogue: REGISTER, CHECKIN and so on.</summary>
    public string Label => (Endpoint, TaskId) switch
    {
        ("antrean/add", _) => "REGISTER",
        ("antrean/batal", _) => "CANCEL",
        (_, 1) => "ADMISSION_WAIT",
        (_, 2) => "ADMISSION_SERVICE",
        (_, 3) => "CHECKIN",
        (_, 4) => "START",
        (_, 5) => "FINISH",
        (_, 6) => "PHARMACY_START",
        (_, 7) => "PHARMACY_FINISH",
        _ => TaskId is { } other ? $"{Endpoint} {other}" : Endpoint,
    };

    public static bool TryRead(string payload, [NotNullWhen(true)] out BpjsJob? job)
    {
        job = null;
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (!root.TryGetProperty("endpoint", out var endpoint) || endpoint.GetString() is not { Length: > 0 } path
                || !root.TryGetProperty("body", out var body) || body.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            job = new(
                path,
                body.GetRawText(),
                body.TryGetProperty("kodebooking", out var code) ? code.GetString() : null,
                Number(body, "taskid") is { } task and >= 0 and <= 999 ? (int)task : null,
                // Year 1970 to 9999, as far as DateTimeOffset reaches.
                Number(body, "waktu") is { } waktu and >= 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(waktu) : null);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    private static long? Number(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
