using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>Gives a receiver another secret. The one before signs too for a day, so that nothing is lost until the receiver has the new one.</summary>
internal sealed class RotateWebhookSecret(NpgsqlDataSource database, WebhookSecrets secrets)
{
    private const string RotateSql = """
        update platform.webhook_endpoints set old_secret = secret, old_until = now() + interval '24 hours', secret = @secret, version = version + 1 where id = @id
        """;

    private const string StillSignsSql = "select old_until from platform.webhook_endpoints where id = @id and old_until > now()";

    /// <summary>The new one. Refused: <c>WEBHOOK_NOT_FOUND</c>, <c>WEBHOOK_SECRET_CHANGING</c>, <c>WEBHOOK_KEY_MISSING</c>, <c>STALE</c>.</summary>
    public async Task<Result<WebhookSecretOnce>> Run(
        Guid id, Precondition? seen, AuditOrigin by, Func<NpgsqlTransaction, WebhookSecretOnce, Task> beforeCommit, CancellationToken ct)
    {
        var secret = WebhookSecret.New();
        var kept = secrets.Seal(id, secret);
        if (!kept.Ok) return kept.Error;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var held = await HeldWebhook.Hold(tx, id, seen, ct);
        if (!held.Ok) return held.Error;
        // A third would end the one that the receiver has: with it nothing more would be genuine to it.
        if (await tx.Statement(StillSignsSql, ("id", id)).Rows(r => r.GetFieldValue<DateTimeOffset>(0), ct) is [var until]) return new WebhookSecretChanging(until);
        await tx.Statement(RotateSql, ("id", id), ("secret", kept.Value)).Run(ct);
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Update, WebhookAudit.Resource, id.ToString(), NewValues: new { secret = "another" }), ct);
        var made = new WebhookSecretOnce(id, WebhookSecret.Show(secret));
        await beforeCommit(tx, made);
        await tx.CommitAsync(ct);
        return made;
    }
}
