using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>A receiver that is to be told.</summary>
/// <param name="Url">Where.</param>
/// <param name="Description">For people.</param>
/// <param name="EventTypes">Exact types, beginnings such as <c>booking.*</c>, or <c>*</c>.</param>
internal sealed record NewWebhook(string Url, string Description, IReadOnlyList<string> EventTypes);

/// <summary>Enters a receiver and makes the secret that its messages are signed with.</summary>
internal sealed class AddWebhook(NpgsqlDataSource database, ReceiverRules rules, WebhookSecrets secrets, DeliveryQueue queue, ToldTypes told)
{
    /// <summary>Calls to one receiver at a time: one that hangs occupies no more.</summary>
    internal const int CallsAtOnce = 4;

    private const int LongestDescription = 200;

    private const string InsertSql = """
        insert into platform.webhook_endpoints (id, url, description, event_types, secret, created_by) values (@id, @url, @description, @types, @secret, @by)
        """;

    /// <summary>Its id and its secret. Refused: the codes of <see cref="ReceiverRules.Check"/>, <c>WEBHOOK_TYPES_INVALID</c>, <c>WEBHOOK_TYPE_UNKNOWN</c>, <c>WEBHOOK_DESCRIPTION_TOO_LONG</c>, <c>WEBHOOK_KEY_MISSING</c>.</summary>
    /// <param name="wanted">What was entered.</param>
    /// <param name="by">Who entered it.</param>
    /// <param name="beforeCommit">Something more to do in its transaction.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<WebhookSecretOnce>> Run(NewWebhook wanted, AuditOrigin by, Func<NpgsqlTransaction, WebhookSecretOnce, Task> beforeCommit, CancellationToken ct)
    {
        if ((Mistake(wanted.Description, wanted.EventTypes) ?? told.Mistake(wanted.EventTypes)) is { } mistake) return mistake;
        var url = await rules.Check(wanted.Url, ct);
        if (!url.Ok) return url.Error;
        var (id, secret) = (Guid.CreateVersion7(), WebhookSecret.New());
        var kept = secrets.Seal(id, secret);
        if (!kept.Ok) return kept.Error;

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await queue.EnsureChannel(tx, HookNames.Channel(id), new ChannelLimits(MaxConcurrent: CallsAtOnce), breaker: HookNames.Channel(id), ct);
        await tx.Statement(
            InsertSql, ("id", id), ("url", url.Value.AbsoluteUri), ("description", wanted.Description.Trim()), ("types", wanted.EventTypes.ToArray()),
            ("secret", kept.Value), ("by", by.Actor.Label)).Run(ct);
        var entry = new { host = url.Value.IdnHost, description = wanted.Description.Trim(), event_types = wanted.EventTypes };
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Create, WebhookAudit.Resource, id.ToString(), NewValues: entry), ct);
        var made = new WebhookSecretOnce(id, WebhookSecret.Show(secret));
        await beforeCommit(tx, made);
        await tx.CommitAsync(ct);
        return made;
    }

    /// <summary>What is wrong with these; null: nothing.</summary>
    internal static Error? Mistake(string? description, IReadOnlyList<string>? types) =>
        types is not null && !EventPatterns.AreValid(types) ? new WebhookTypesInvalid()
        : description?.Length > LongestDescription ? new WebhookDescriptionTooLong()
        : null;
}
