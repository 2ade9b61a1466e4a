using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Resilience;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>The program switches an endpoint off because nobody is there: its gate closes, what waits stays, and people are told why.</summary>
internal sealed class SwitchWebhookOff(NpgsqlDataSource database)
{
    // The gate, then the breaker, which nothing would close while nothing goes out, then the endpoint: as everywhere.
    internal const string GateSql = """
        update delivery.channels set paused_until = 'infinity', paused_reason = @reason, paused_by = null, paused_at = now() where name = @channel
        """;

    private const string OffSql = "update platform.webhook_endpoints set is_active = false, off_because = @reason, version = version + 1 where id = @id and is_active";

    /// <summary>Whether it was on.</summary>
    public async Task<bool> Run(Guid id, string reason, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await tx.Statement(GateSql, ("channel", HookNames.Channel(id)), ("reason", reason)).Run(ct);
        await BreakerRows.Reset(tx, HookNames.Channel(id), ct);
        if (await tx.Statement(OffSql, ("id", id), ("reason", reason)).Run(ct) == 0) return false;
        var entry = new AuditEntry(AuditAction.Update, WebhookAudit.Resource, id.ToString(), new { is_active = true }, new { is_active = false, reason });
        await WriteAudit.Run(tx, AuditOrigin.System, entry, ct);
        await tx.CommitAsync(ct);
        return true;
    }
}

/// <summary>What of endpoints is audited.</summary>
internal static class WebhookAudit
{
    public static AuditResource Resource { get; } = new("webhook_endpoints");
}
