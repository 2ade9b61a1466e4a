using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alur.Platform.Notifications;

/// <summary>A notification as the person has it who was told.</summary>
/// <param name="Id">Of this person's own one.</param>
/// <param name="Type">One of the six types.</param>
/// <param name="Title">What it is about.</param>
/// <param name="Message">What there is to know.</param>
/// <param name="Payload">More of it for programs; null: nothing.</param>
/// <param name="Priority"><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</param>
/// <param name="Read">It was marked as read.</param>
/// <param name="CreatedAt">When it was told, by the database's clock.</param>
/// <param name="ReadAt">When it was marked; null: it was not.</param>
public sealed record Notification(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("payload")] JsonElement? Payload,
    [property: JsonPropertyName("priority")] string Priority,
    [property: JsonPropertyName("read")] bool Read,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("read_at")] DateTimeOffset? ReadAt);
