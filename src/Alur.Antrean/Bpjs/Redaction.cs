using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Platform.Texts;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// What may be kept of a call. A list of what is harmless, not of what is secret: a field that BPJS adds tomorrow is masked until
/// somebody has thought about it.
/// </summary>
internal static partial class Redaction
{
    private const string Mask = "***";

    // What nobody sees, or what stands for it since the text was cleaned: it parts nothing that a reader would not part.
    private const string Unseen = @"\p{C}\u034F\uFE00-\uFE0F\uFFFD";

    /// <summary>More than any answer to one call has. Beyond it nothing is looked at or kept: masking megabytes would take longer than the call.</summary>
    private const int Longest = 64 * 1024;

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

    /// <summary>
    /// What the request itself says of its patient, to be masked wherever BPJS repeats it in words of its own: every masked field's value as a
    /// whole, numbers also with another prefix (0…, +62…) or parted by spaces, names also word by word, and all of them with characters in between that
    /// nobody sees. Null when it says nothing.
    /// </summary>
    /// <param name="body">The request as sent.</param>
    public static Regex? PatientOf(string body)
    {
        using var request = JsonDocument.Parse(body);
        var values = request.RootElement.EnumerateObject()
            .Where(field => field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number && !s_kept.Contains(field.Name))
            .SelectMany(field => Patterns(field.Name, AnyUnseen().Replace(field.Value.ToString(), "").Trim()))
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(pattern => pattern.Length)
            .ToList();
        // After a slash it is a part of a visit's number, which is no secret.
        return values.Count == 0 ? null : new Regex(
            $@"(?<![\p{{L}}\p{{N}}/])({string.Join('|', values)})(?![\p{{L}}\p{{N}}])",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    }

    private static IEnumerable<string> Patterns(string field, string value)
    {
        if (value.Length < 3)
        {
            return []; // "-", "0": says nothing of anybody
        }

        if (value.All(char.IsAsciiDigit) && value.Length >= 8)
        {
            var own = value.StartsWith("62", StringComparison.Ordinal) ? value[2..] : value.TrimStart('0');
            const string Parted = $@"[ .\-{Unseen}]*";
            return own.Length < 6 ? [Pattern(value)] : [Pattern(value), $@"(\+?6[{Unseen}]*2{Parted}|0*)" + string.Join(Parted, own.AsEnumerable())];
        }

        var words = field.StartsWith("nama", StringComparison.OrdinalIgnoreCase)
            ? value.Split([' ', ',', '.'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length >= 3)
            : [];
        return [string.Join($@"[\s{Unseen}]+", value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Pattern)), .. words.Select(Pattern)];
    }

    private static string Pattern(string word) => string.Join($"[{Unseen}]*", word.Select(c => Regex.Escape(c.ToString())));

    /// <summary>JSON with everything masked that could name a patient; for anything else a note instead of the text.</summary>
    /// <param name="json">What was sent or answered.</param>
    /// <param name="patient">As <see cref="PatientOf"/> gave it.</param>
    public static string? Json(string? json, Regex? patient = null)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return null;
        }

        if (json.Length > Longest)
        {
            return $"\"(too long to keep, {json.Length} characters)\"";
        }

        try
        {
            return Clean(JsonNode.Parse(json), key: null, patient)?.ToJsonString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // ArgumentException: the same key twice; InvalidOperationException: a lone surrogate.
            return $"\"(unreadable, {json.Length} characters)\"";
        }
    }

    /// <summary>A message without card (13 digits) and population (16 digits) numbers, and without what names the request's own patient; on one line (<see cref="OutsideText"/>).</summary>
    public static string Text(string message, Regex? patient = null)
    {
        var text = OutsideText.Clean(message.Length > Longest ? message[..Longest] : message);
        return PartedNumber().Replace(PersonalNumber().Replace(patient?.Replace(text, Mask) ?? text, Mask), MaskIfLong);
    }

    // How many of its digits were the number nobody can say.
    private static string MaskIfLong(Match digits) => digits.Value.Count(char.IsAsciiDigit) >= 13 ? Mask : digits.Value;

    private static JsonNode? Clean(JsonNode? node, string? key, Regex? patient) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(f =>
            KeyValuePair.Create(Text(f.Key, patient), s_kept.Contains(f.Key) ? Clean(f.Value, f.Key, patient) : Mask))),
        JsonArray items => new JsonArray([.. items.Select(item => Clean(item, key, patient))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            s_keptWhole.Contains(key ?? "") ? OutsideText.Clean(value.GetValue<string>()) : Text(value.GetValue<string>(), patient),
        // Ten digits more than any moment has; a number such as 1e999999 is more than jsonb can hold.
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.ToJsonString() is { } number && (number.Length > 24 || number.Contains('e', StringComparison.OrdinalIgnoreCase)) =>
            Text(number, patient),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex(@"(?<![0-9])([0-9]{16}|[0-9]{13})(?![0-9])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PersonalNumber();

    [GeneratedRegex($@"[0-9]+([{Unseen}]+[0-9]+)+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PartedNumber();

    [GeneratedRegex($"[{Unseen}]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AnyUnseen();
}
