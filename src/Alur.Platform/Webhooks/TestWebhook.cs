using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>Sends a receiver a message of no meaning, as any other is sent: queued, signed, tried again, on record.</summary>
internal sealed class TestWebhook(NpgsqlDataSource database, DeliveryQueue queue)
{
    /// <summary>Whatever the receiver asked for, this it gets.</summary>
    public const string Type = "webhook.test";

    private const string Data = """{"message":"This is a test of this webhook. Nothing happened."}""";

    /// <summary>The message's id. Refused: <c>WEBHOOK_NOT_FOUND</c>, <c>WEBHOOK_IS_OFF</c>.</summary>
    public async Task<Result<WebhookTested>> Run(Guid id, AuditOrigin by, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var held = await HeldWebhook.Hold(tx, id, seen: null, ct);
        if (!held.Ok) return held.Error;
        if (!held.Value.IsActive) return new WebhookIsOff();
        var message = Guid.CreateVersion7();
        // A lane of its own: a test must not wait behind what the receiver refuses.
        var test = new WebhookEvent(Type, message, Data, DateTimeOffset.UtcNow, $"{Type}:{message}");
        await queue.Append(tx, [EnqueueWebhooks.Job(test, id)], ct);
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Update, WebhookAudit.Resource, id.ToString(), NewValues: new { test = message }), ct);
        await tx.CommitAsync(ct);
        queue.Wake(HookNames.Channel(id));
        return new WebhookTested(message);
    }
}

/// <summary>A test that was queued.</summary>
/// <param name="MessageId">Its <c>webhook-id</c>, by which the tries show what came of it.</param>
public sealed record WebhookTested([property: JsonPropertyName("message_id")] Guid MessageId);
