using System.Text.Json;

namespace Alur.Fuzzing.Api;

/// <summary>What every answer of the API must be, as docs/api.md promises it.</summary>
internal static class ClaimAnswer
{
    private static readonly HashSet<string> Codes = new(StringComparer.Ordinal)
    {
        "UNKNOWN_PARAMETER", "EMPTY_PARAMETER", "REPEATED_PARAMETER", "INVALID_PARAMETER", "INVALID_CURSOR", "VALIDATION_FAILED", "MALFORMED_JSON",
        "UNKNOWN_FIELD", "BODY_REQUIRED", "BAD_REQUEST", "INVALID_TEXT", "FILTER_REQUIRED", "API_KEY_REQUIRED", "API_KEY_INVALID", "ROUTE_NOT_FOUND",
        "SITE_NOT_FOUND", "VISIT_NOT_FOUND", "JOB_NOT_FOUND", "METHOD_NOT_ALLOWED", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE",
        "JOB_NOT_REQUEUEABLE", "VISIT_OUTSIDE_WINDOW", "CHANNEL_NOT_CONFIGURED", "BPJS_NOT_CONFIGURED", "SITE_NEVER_SERVED", "REQUEST_REFUSED",
    };

    private static readonly HashSet<string> WithField = new(StringComparer.Ordinal)
    {
        "UNKNOWN_PARAMETER", "EMPTY_PARAMETER", "REPEATED_PARAMETER", "INVALID_PARAMETER", "INVALID_CURSOR", "VALIDATION_FAILED", "UNKNOWN_FIELD", "INVALID_TEXT",
    };

    /// <summary>A success in its envelope, or a problem with a documented code and, where a field is at fault, its name; a bare 400 only where the request was none.</summary>
    public static void That(RawAnswer answer, bool mayBeNoRequest, bool hasBody = true)
    {
        if (mayBeNoRequest && answer is { Status: 0 or 400 or 408 or 411 or 413 or 414 or 431 or 501 or 505, Body: "" })
        {
            return; // refused by the web server before it was a request
        }

        Claim.That(answer.Status is (>= 200 and < 300) or (>= 400 and < 500), "an answer is a success or a refusal", answer);
        if (!hasBody)
        {
            Claim.Equal("", answer.Body, "an answer to HEAD has no body");
            return;
        }

        using var document = JsonDocument.Parse(answer.Body);
        var root = document.RootElement;
        if (answer.Status < 300)
        {
            Claim.That(root.GetProperty("success").GetBoolean() && root.TryGetProperty("data", out _), "a success has its envelope", answer);
            return;
        }

        Claim.Equal("application/problem+json", answer.ContentType.Split(';')[0], "a refusal is a problem");
        var code = root.GetProperty("code").GetString()!;
        Claim.That(Codes.Contains(code), "its code is documented", answer);
        Claim.Equal(answer.Status, root.GetProperty("status").GetInt32(), "it says its status");
        Claim.That(root.GetProperty("detail").GetString() is { Length: > 0 } && root.GetProperty("traceId").GetString() is { Length: > 0 }, "it says what and where to look", answer);
        if (WithField.Contains(code))
        {
            Claim.That(root.TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any(), "it names the field at fault", answer);
        }
    }
}
