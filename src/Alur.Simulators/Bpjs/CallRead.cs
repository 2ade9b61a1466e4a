using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Alur.Simulators.Bpjs;

/// <summary>One request, read once: what it asks and who asks.</summary>
/// <param name="Endpoint">Path below the base, such as <c>antrean/add</c>.</param>
/// <param name="Body">The JSON object of a POST; null when there was none that could be read.</param>
/// <param name="Sumber">Who calls.</param>
internal sealed record CallRead(string Endpoint, JsonElement? Body, string Sumber)
{
    public string? Kodebooking => Text("kodebooking");

    public int? Taskid => Number("taskid") is { } n and >= 0 and <= 999 ? (int)n : null;

    public long? Waktu => Number("waktu");

    public bool IsCommand => Tells(Endpoint);

    /// <summary>A call that tells BPJS something; the others only ask.</summary>
    public static bool Tells(string endpoint) => endpoint is "antrean/add" or "antrean/updatewaktu" or "antrean/batal";

    public static async Task<CallRead> From(HttpRequest request, CancellationToken ct)
    {
        // Percent-encoded slashes stay encoded in the path: a booking code may contain them.
        var endpoint = request.Path.Value!.TrimStart('/').Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var sumber = request.Headers["X-Alur-Sender"].ToString() is { Length: > 0 } sender ? sender : "bridge";
        if (!HttpMethods.IsPost(request.Method))
        {
            return new(endpoint, null, sumber);
        }

        // BPJS takes JSON under either content type.
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, cancellationToken: ct);
            return new(endpoint, document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null, sumber);
        }
        catch (JsonException)
        {
            return new(endpoint, null, sumber);
        }
    }

    /// <summary>A field as text, whether sent as text or as a number; null when absent or anything else.</summary>
    public string? Text(string name) => Body is { } body && body.TryGetProperty(name, out var value)
        ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null }
        : null;

    /// <summary>A whole number, whether sent as a number or as text: both are in use.</summary>
    public long? Number(string name) => long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null;
}
