using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>Takes a receiver away, with what waits for it. What was sent and answered stays on record as long as any delivery's.</summary>
internal sealed class DeleteWebhook(NpgsqlDataSource database, DeliveryQueue queue)
{
    // A breaker that stays open would be told as trouble for ever.
    private const string BreakerSql = "update delivery.channels set breaker = null where name = @channel";

    private const string NoBreakerSql = "delete from platform.breakers where name = @channel";

    private const string UnsentSql = """
        select j.key, j.step from delivery.jobs j where j.channel = @channel and j.state in ('PENDING', 'FAILED') order by j.key, j.step
        """;

    private const string DeleteSql = "delete from platform.webhook_endpoints where id = @id";

    /// <summary>How many messages were withdrawn. Refused: <c>WEBHOOK_NOT_FOUND</c>, <c>STALE</c>.</summary>
    public async Task<Result<int>> Run(Guid id, Precondition? seen, AuditOrigin by, CancellationToken ct)
    {
        var channel = HookNames.Channel(id);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var held = await HeldWebhook.Hold(tx, id, seen, ct);
        if (!held.Ok) return held.Error;
        await tx.Statement(BreakerSql, ("channel", channel)).Run(ct);
        await tx.Statement(NoBreakerSql, ("channel", channel)).Run(ct);
        var unsent = await tx.Statement(UnsentSql, ("channel", channel)).Rows(r => (r.GetString(0), r.GetInt32(1)), ct);
        var withdrawn = await queue.Withdraw(tx, channel, unsent, ct);
        await tx.Statement(DeleteSql, ("id", id)).Run(ct);
        var entry = new AuditEntry(AuditAction.Delete, WebhookAudit.Resource, id.ToString(), held.Value.ForAudit(), new { withdrawn = withdrawn.Count });
        await WriteAudit.Run(tx, by, entry, ct);
        await tx.CommitAsync(ct);
        return withdrawn.Count;
    }
}
