using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Resilience;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>What of a receiver is to be another; null: stays.</summary>
internal sealed record WebhookChange(string? Url = null, string? Description = null, IReadOnlyList<string>? EventTypes = null, bool? IsActive = null);

/// <summary>
/// Changes a receiver. Switched off, nothing is queued for it, and what waits stays; switched on, or at another address, what waits goes out at once, whatever pause a try before had
/// brought and whatever its breaker knew.
/// </summary>
internal sealed class ChangeWebhook(NpgsqlDataSource database, ReceiverRules rules, DeliveryQueue queue, ToldTypes told)
{
    private const string SetSql = """
        update platform.webhook_endpoints set
            url = @url, description = @description, event_types = @types, is_active = @active, version = version + 1,
            off_because = case when not @active and not is_active then off_because end,
            failing_since = case when @anew then null else failing_since end
        where id = @id
        """;

    // Without a name: a pause that somebody ordered and forgot is told as trouble, and this one is meant to last. Who it was is in the audit.
    private const string GateSql = """
        update delivery.channels set
            paused_until = case when not @active then 'infinity'::timestamptz end, paused_reason = case when not @active then 'switched off' end,
            paused_by = null, paused_at = case when not @active then now() end
        where name = @channel
        """;

    private const string DueSql = """
        with waiting as materialized (
            select l.channel, l.key from delivery.lanes l
            where l.channel = @channel and l.state = 'OPEN' and l.lease_token is null and l.due_at > now()
            order by l.key
            for no key update
        )
        update delivery.lanes l set due_at = now() from waiting w where l.channel = w.channel and l.key = w.key
        """;

    /// <summary>The receiver's id. Refused: as entering one, <c>WEBHOOK_NOT_FOUND</c>, <c>STALE</c>.</summary>
    public async Task<Result<Guid>> Run(Guid id, WebhookChange change, Precondition? seen, AuditOrigin by, CancellationToken ct)
    {
        if (AddWebhook.Mistake(change.Description, change.EventTypes) is { } mistake) return mistake;
        var url = change.Url is null ? null : await rules.Check(change.Url, ct);
        if (url is { Ok: false }) return url.Error;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var held = await HeldWebhook.Hold(tx, id, seen, ct);
        if (!held.Ok) return held.Error;
        var before = held.Value;
        // What it asked for already may be of a module that this program has no more; that must not keep the rest from being changed.
        if (told.Mistake((change.EventTypes ?? []).Except(before.EventTypes, StringComparer.Ordinal)) is { } unknown) return unknown;
        var after = new HeldWebhook(
            url?.Value.AbsoluteUri ?? before.Url, change.Description?.Trim() ?? before.Description, change.EventTypes ?? before.EventTypes, change.IsActive ?? before.IsActive, before.Version);
        var anew = after.IsActive && (!before.IsActive || after.Url != before.Url);
        if (after.IsActive != before.IsActive) await tx.Statement(GateSql, ("channel", HookNames.Channel(id)), ("active", after.IsActive)).Run(ct);
        // Before the lanes, as whoever settles deliveries. One that stays open while nothing may go out would never find out.
        if (after.IsActive != before.IsActive || after.Url != before.Url) await BreakerRows.Reset(tx, HookNames.Channel(id), ct);
        if (anew) await tx.Statement(DueSql, ("channel", HookNames.Channel(id))).Run(ct);
        await tx.Statement(
            SetSql, ("id", id), ("url", after.Url), ("description", after.Description), ("types", after.EventTypes.ToArray()), ("active", after.IsActive), ("anew", anew)).Run(ct);
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Update, WebhookAudit.Resource, id.ToString(), before.ForAudit(), after.ForAudit()), ct);
        await tx.CommitAsync(ct);
        if (anew) queue.Wake(HookNames.Channel(id));
        return id;
    }
}

/// <summary>
/// A receiver that nobody else changes until the transaction ends. What is locked is its channel: whoever settles deliveries holds lanes and then writes the receiver's figures, so
/// the receiver's own row comes last here too.
/// </summary>
internal sealed record HeldWebhook(string Url, string Description, IReadOnlyList<string> EventTypes, bool IsActive, string Version)
{
    private const string HoldChannelSql = "select 1 from delivery.channels where name = @channel for no key update";

    private const string HoldSql = "select url, description, event_types, is_active, version from platform.webhook_endpoints where id = @id";

    /// <summary>Refused: <c>WEBHOOK_NOT_FOUND</c>, <c>STALE</c>.</summary>
    public static async Task<Result<HeldWebhook>> Hold(NpgsqlTransaction tx, Guid id, Precondition? seen, CancellationToken ct)
    {
        await tx.Statement(HoldChannelSql, ("channel", HookNames.Channel(id))).Rows(r => r.GetInt32(0), ct);
        var found = await tx.Statement(HoldSql, ("id", id)).Rows(
            r => new HeldWebhook(r.GetString(0), r.GetString(1), r.GetFieldValue<string[]>(2), r.GetBoolean(3), ListWebhooks.VersionOf(r.GetInt32(4))), ct);
        if (found is not [var held]) return new WebhookNotFound();
        return seen is null || seen.Holds(held.Version) ? held : new Stale();
    }

    // The address may hold a secret in its path; the audit is kept for years.
    public object ForAudit() => new { host = new Uri(Url).IdnHost, description = Description, event_types = EventTypes, is_active = IsActive };
}
