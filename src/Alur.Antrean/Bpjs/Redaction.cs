using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// What may be kept of a call. A list of what is harmless, not of what is secret: a field that BPJS adds tomorrow is masked until
/// somebody has thought about it.
/// </summary>
internal static partial class Redaction
{
    private const string Mask = "***";

    private static readonly HashSet<string> s_kept = new(StringComparer.OrdinalIgnoreCase)
    {
        "metadata", "code", "message", "response", "list",
        "kodebooking", "taskid", "waktu", "wakturs", "taskname", "jenisresep",
        "jenispasien", "kodepoli", "namapoli", "pasienbaru", "tanggalperiksa", "tanggal", "kodedokter", "namadokter", "jampraktek",
        "jeniskunjungan", "nomorantrean", "noantrean", "angkaantrean", "estimasidilayani", "sisakuotajkn", "kuotajkn", "sisakuotanonjkn",
        "kuotanonjkn", "sumberdata", "status", "createdtime",
    };

    // Numbers that have 13 digits by nature: epoch milliseconds and booking codes.
    private static readonly HashSet<string> s_keptWhole = new(StringComparer.OrdinalIgnoreCase)
    {
        "kodebooking", "waktu", "estimasidilayani", "createdtime",
    };

    /// <summary>JSON with everything masked that could name a patient; for anything else a note instead of the text.</summary>
    public static string? Json(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return null;
        }

        try
        {
            return Clean(JsonNode.Parse(json), key: null)?.ToJsonString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // ArgumentException: the same key twice; InvalidOperationException: a lone surrogate.
            return $"\"(unreadable, {json.Length} characters)\"";
        }
    }

    /// <summary>A message without card (13 digits) and population (16 digits) numbers.</summary>
    public static string Text(string message) => PersonalNumber().Replace(Storable(message), Mask);

    /// <summary>Without what jsonb cannot hold: U+0000, and lone surrogates (which become U+FFFD).</summary>
    private static string Storable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace("\0", "", StringComparison.Ordinal)));

    private static JsonNode? Clean(JsonNode? node, string? key) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(f => KeyValuePair.Create(Text(f.Key), s_kept.Contains(f.Key) ? Clean(f.Value, f.Key) : Mask))),
        JsonArray items => new JsonArray([.. items.Select(item => Clean(item, key))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            s_keptWhole.Contains(key ?? "") ? Storable(value.GetValue<string>()) : Text(value.GetValue<string>()),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex(@"(?<![0-9])([0-9]{16}|[0-9]{13})(?![0-9])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PersonalNumber();
}
