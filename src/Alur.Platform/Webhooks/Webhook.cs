using System.Text.Json.Serialization;

namespace Alur.Platform.Webhooks;

/// <summary>A receiver as those who run the installation see it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Url">Where it is called.</param>
/// <param name="Description">For people.</param>
/// <param name="EventTypes">What it is told: exact types, beginnings such as <c>booking.*</c>, or <c>*</c>.</param>
/// <param name="IsActive">Something is queued for it and sent to it.</param>
/// <param name="OffBecause">Why the program switched it off; null: a person did, or it is on.</param>
/// <param name="CreatedBy">Who entered it.</param>
/// <param name="CreatedAt">What was recorded before is not told.</param>
/// <param name="LastSuccessAt">When it last took something; null: never.</param>
/// <param name="LastFailureAt">When it last did not.</param>
/// <param name="LastFailure">Why, in our words.</param>
/// <param name="FailingSince">The first failure since it last took something; null: it takes what it gets.</param>
/// <param name="OldSecretUntil">The secret before signs too until then; null: there is none.</param>
/// <param name="Waiting">Messages that it did not take yet, counted up to 10,000.</param>
/// <param name="Failed">Histories that stand still until a message is sent again.</param>
/// <param name="Version">Of what people change; the <c>ETag</c> of the receiver read by itself.</param>
public sealed record Webhook(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("event_types")] IReadOnlyList<string> EventTypes,
    [property: JsonPropertyName("is_active")] bool IsActive,
    [property: JsonPropertyName("off_because")] string? OffBecause,
    [property: JsonPropertyName("created_by")] string CreatedBy,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("last_success_at")] DateTimeOffset? LastSuccessAt,
    [property: JsonPropertyName("last_failure_at")] DateTimeOffset? LastFailureAt,
    [property: JsonPropertyName("last_failure")] string? LastFailure,
    [property: JsonPropertyName("failing_since")] DateTimeOffset? FailingSince,
    [property: JsonPropertyName("old_secret_until")] DateTimeOffset? OldSecretUntil,
    [property: JsonPropertyName("waiting")] int Waiting,
    [property: JsonPropertyName("failed")] int Failed,
    [property: JsonPropertyName("version")] string Version);

/// <summary>A secret, at the only time that it is shown.</summary>
/// <param name="Id">Of which receiver.</param>
/// <param name="Secret">As Standard Webhooks writes it: <c>whsec_</c> and Base64.</param>
public sealed record WebhookSecretOnce([property: JsonPropertyName("id")] Guid Id, [property: JsonPropertyName("secret")] string Secret);

/// <summary>One try to tell a receiver.</summary>
/// <param name="Job">The delivery; with it a failed one is sent again.</param>
/// <param name="MessageId">The message's <c>webhook-id</c>.</param>
/// <param name="Type">What happened; null once what was said has been forgotten.</param>
/// <param name="State">Of the delivery now: <c>PENDING</c>, <c>SENDING</c>, <c>SENT</c>, <c>FAILED</c> or <c>CANCELLED</c>.</param>
/// <param name="Attempt">Which try it was, from 1.</param>
/// <param name="StartedAt">When the call began.</param>
/// <param name="DurationMs">Until the answer was read or the call was given up.</param>
/// <param name="HttpCode">Null: no answer.</param>
/// <param name="Taken">Answered with 2xx.</param>
/// <param name="Error">Why there was no answer, in our words; null: there was one.</param>
/// <param name="Response">The beginning of what the receiver said, without secrets, as a text.</param>
public sealed record WebhookAttempt(
    [property: JsonPropertyName("job")] long Job,
    [property: JsonPropertyName("message_id")] Guid? MessageId,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("attempt")] int Attempt,
    [property: JsonPropertyName("started_at")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("duration_ms")] int DurationMs,
    [property: JsonPropertyName("http_code")] int? HttpCode,
    [property: JsonPropertyName("taken")] bool Taken,
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("response")] string? Response);
