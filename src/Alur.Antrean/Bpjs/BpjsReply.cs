using System.Text.Json;

namespace Alur.Antrean.Bpjs;

/// <summary>What kind of answer came, before anybody reads its code and message.</summary>
internal enum ReplyKind
{
    /// <summary>A readable BPJS envelope.</summary>
    Envelope,

    /// <summary>No answer: time-out, refused or broken connection, failed TLS.</summary>
    NoAnswer,

    /// <summary>HTTP 5xx, whatever its body says.</summary>
    ServerError,

    /// <summary>HTTP 401 or 403.</summary>
    Denied,

    /// <summary>HTTP 429.</summary>
    TooMany,

    /// <summary>HTTP 3xx; redirects are never followed, because they would carry the credentials elsewhere.</summary>
    Moved,

    /// <summary>HTTP 404 (or 405) without a BPJS envelope: the path itself does not exist there.</summary>
    NoSuchPath,

    /// <summary>An empty body.</summary>
    Empty,

    /// <summary>HTML or other text.</summary>
    NotJson,

    /// <summary>JSON cut short, or JSON without the envelope.</summary>
    BadEnvelope,

    /// <summary>An encrypted response that does not decode.</summary>
    Undecryptable,
}

/// <summary>One answer of BPJS, read as far as it can be read.</summary>
/// <param name="Kind">What came.</param>
/// <param name="HttpCode">HTTP status; null when none came.</param>
/// <param name="Code"><c>metadata.code</c> as text, since both numbers and strings occur.</param>
/// <param name="Message"><c>metadata.message</c>, or what went wrong in our words.</param>
/// <param name="Response">The decrypted response; null when there was none.</param>
/// <param name="RetryAfter">What the header of that name asked for.</param>
internal sealed record BpjsReply(
    ReplyKind Kind, int? HttpCode, string? Code, string Message, JsonElement? Response = null, TimeSpan? RetryAfter = null)
{
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>There was no connection that the request could have gone through: certainly nothing came of it.</summary>
    public bool NeverArrived { get; init; }

    public TimeSpan Duration { get; init; }

    /// <summary>The other side's clock as it said itself, to tell a wrong clock from wrong credentials.</summary>
    public DateTimeOffset? ServerTime { get; init; }

    public static BpjsReply NoAnswer(string why) => new(ReplyKind.NoAnswer, null, null, why);
}
