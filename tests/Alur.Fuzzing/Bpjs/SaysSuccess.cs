using System.Text.Json;
using Alur.Antrean.Bpjs;

namespace Alur.Fuzzing.Bpjs;

/// <summary>
/// Whether an answer says success, by a reading of its own: HTTP 2xx, one metadata with one code, a code that means success for this call, and a
/// response that can be read if there is one.
/// </summary>
internal static class SaysSuccess
{
    public static bool Of(int http, BpjsCall call, string body, Func<string, string?> open)
    {
        using var document = Parse(body.Trim('\ufeff', ' ', '\t', '\r', '\n'));
        return http is >= 200 and < 300
            && Only(document?.RootElement, "metadata") is { } metadata
            && Only(metadata, "code") is { ValueKind: JsonValueKind.String or JsonValueKind.Number } code
            && IsSuccess(call, code.ToString().Trim(), Message(metadata))
            && IsReadable(document!.RootElement, open);
    }

    private static bool IsSuccess(BpjsCall call, string code, string message) => code switch
    {
        "200" => true,
        "1" => call == BpjsCall.Reference,
        "208" => call is not (BpjsCall.List or BpjsCall.Reference),
        "204" => call is BpjsCall.List or BpjsCall.Reference,
        "201" when call == BpjsCall.FarmasiAdd => message.Contains("sudah ada", StringComparison.Ordinal),
        "201" when call is BpjsCall.List or BpjsCall.Reference =>
            message.Contains("no content", StringComparison.Ordinal) || message.Contains("tidak ada data", StringComparison.Ordinal) || message.Contains("data tidak ada", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsReadable(JsonElement root, Func<string, string?> open)
    {
        if (Named(root, "response") is not [var response])
        {
            return Named(root, "response").Count == 0;
        }

        if (response.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(response.GetString()))
        {
            return true;
        }

        using var opened = Parse(open(response.GetString()!));
        return opened is { RootElement.ValueKind: JsonValueKind.Object or JsonValueKind.Array };
    }

    private static string Message(JsonElement metadata) =>
        Only(metadata, "message") is { ValueKind: JsonValueKind.String } text
            ? string.Join(' ', text.GetString()!.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) : "";

    private static JsonElement? Only(JsonElement? owner, string name) =>
        owner is { ValueKind: JsonValueKind.Object } found && Named(found, name) is [var single] ? single : null;

    private static List<JsonElement> Named(JsonElement owner, string name) =>
        [.. owner.EnumerateObject().Where(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)).Select(p => p.Value)];

    private static JsonDocument? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonDocument.Parse(json);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
