using System.Globalization;
using System.Text.Json;
using Alur.Platform.Texts;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// Turns status and body into a <see cref="BpjsReply"/>. Never throws: whatever BPJS or a proxy before it sends is an answer. Its code and message are
/// clean from here on (<see cref="OutsideText"/>): they are logged, kept and shown.
/// </summary>
internal static class ReadReply
{
    /// <summary>Reads one answer.</summary>
    /// <param name="httpCode">HTTP status of the answer.</param>
    /// <param name="body">The body as text.</param>
    /// <param name="decrypt">Decrypts a <c>response</c> string with this request's key; null when it cannot.</param>
    /// <param name="retryAfter">The wait the answer asked for.</param>
    public static BpjsReply From(int httpCode, string body, Func<string, string?> decrypt, TimeSpan? retryAfter = null)
    {
        var read = Envelope(httpCode, body, decrypt);
        return httpCode switch
        {
            >= 500 => Is(ReplyKind.ServerError, $"HTTP {httpCode}: {read.Message}"),
            401 or 403 => Is(ReplyKind.Denied, $"HTTP {httpCode}: {read.Message}"),
            429 => Is(ReplyKind.TooMany, $"HTTP 429: {read.Message}"),
            >= 300 and < 400 => Is(ReplyKind.Moved, $"HTTP {httpCode}: the address answers with a redirect"),
            404 or 405 when read.Code is null => Is(ReplyKind.NoSuchPath, $"HTTP {httpCode}: there is no such path at the configured address"),
            _ => read,
        };

        BpjsReply Is(ReplyKind kind, string message) => read with { Kind = kind, Message = message, RetryAfter = retryAfter };
    }

    private static BpjsReply Envelope(int httpCode, string body, Func<string, string?> decrypt)
    {
        var text = body.Trim(' ', '\t', '\r', '\n', '\uFEFF');
        if (text.Length == 0)
        {
            return new(ReplyKind.Empty, httpCode, null, "an empty answer");
        }

        if (text[0] != '{')
        {
            return new(ReplyKind.NotJson, httpCode, null, Describe(text));
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return Envelope(httpCode, document.RootElement, decrypt);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // InvalidOperationException: a JSON string with a lone surrogate; ArgumentException: one in the text itself.
            return new(ReplyKind.BadEnvelope, httpCode, null, "an answer that is not complete JSON");
        }
    }

    private static BpjsReply Envelope(int httpCode, JsonElement root, Func<string, string?> decrypt)
    {
        if (!TryGet(root, "metadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object
            || !TryGet(metadata, "code", out var code) || code.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
        {
            return new(ReplyKind.BadEnvelope, httpCode, null, "JSON without BPJS metadata");
        }

        if (IsTwice(root, "metadata") || IsTwice(metadata, "code") || IsTwice(root, "response"))
        {
            return new(ReplyKind.BadEnvelope, httpCode, null, "JSON that says the same thing twice");
        }

        var reply = new BpjsReply(ReplyKind.Envelope, httpCode, Text(code).Trim(), TryGet(metadata, "message", out var message) ? Text(message) : "");
        if (!TryGet(root, "response", out var response) || response.ValueKind is JsonValueKind.Null)
        {
            return reply;
        }

        if (response.ValueKind != JsonValueKind.String)
        {
            return reply with { Response = response.Clone() };
        }

        if (string.IsNullOrWhiteSpace(response.GetString()))
        {
            return reply;
        }

        // Only a string is encrypted: dashboard answers come as plain objects.
        // Opened with a wrong key it can by chance be text, even a number; it is never a whole list or object.
        return Parse(decrypt(response.GetString()!)) is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } plain
            ? reply with { Response = plain }
            : reply with { Kind = ReplyKind.Undecryptable, Message = $"an encrypted response that does not decode (metadata: {reply.Code} {reply.Message})" };
    }

    /// <summary>The title of an error page says who made it (a gateway, a firewall, BPJS); the page itself is not kept.</summary>
    private static string Describe(string text)
    {
        const int Longest = 80;
        var start = text.IndexOf("<title>", StringComparison.OrdinalIgnoreCase);
        var end = text.IndexOf("</title>", StringComparison.OrdinalIgnoreCase);
        if (start < 0 || end <= start)
        {
            return text[0] == '<' ? "a page instead of JSON" : "an answer that is not JSON";
        }

        var title = string.Join(' ', OutsideText.Clean(text[(start + "<title>".Length)..end]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"a page '{(title.Length > Longest ? title[..Longest] : title)}' instead of JSON";
    }

    private static JsonElement? Parse(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null; // ArgumentException: half of a surrogate pair, which packing can carry and JSON cannot
        }
    }

    /// <summary>Which of two would count nobody can say.</summary>
    private static bool IsTwice(JsonElement element, string name) =>
        element.EnumerateObject().Count(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase)) > 1;

    /// <summary>Finds a property whatever its case: both <c>metadata</c> and <c>metaData</c> are in use.</summary>
    private static bool TryGet(JsonElement element, string name, out JsonElement value)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                value = property.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    private static string Text(JsonElement value) => OutsideText.Clean(value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number when value.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    });
}
