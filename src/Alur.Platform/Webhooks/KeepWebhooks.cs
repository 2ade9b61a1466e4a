using Alur.Platform.Alerts;
using Alur.Platform.Data;
using Alur.Platform.Doctor;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>
/// Once an hour: forgets old secrets whose day is over, encrypts with the present key what an older one encrypted, switches off who took nothing for days, and clears away the channels
/// of deleted receivers once their deliveries are forgotten.
/// </summary>
internal sealed partial class KeepWebhooks(NpgsqlDataSource database, WebhookSecrets secrets, SwitchWebhookOff switchOff, ILogger<KeepWebhooks> log)
{
    private const string ForgetSql = "update platform.webhook_endpoints set old_secret = null, old_until = null where old_until <= now()";

    private const string SecretsSql = "select id, secret, old_secret from platform.webhook_endpoints order by id";

    // What somebody changed meanwhile stays as they left it.
    private const string SealSql = "update platform.webhook_endpoints set secret = @secret, old_secret = @old where id = @id and secret = @was";

    // Still tried, that is: a message that was refused for three days and is given up since says nothing of a receiver to which nothing was sent after it.
    private const string FailingSql = """
        select id from platform.webhook_endpoints
        where is_active and failing_since < now() - interval '5 days' and last_failure_at > greatest(failing_since, now() - interval '1 day')
        order by id
        """;

    private const string ChannelsSql = """
        delete from delivery.channels c
        where c.name like 'hook:%' and not exists (select from platform.webhook_endpoints e where c.name = 'hook:' || e.id)
          and not exists (select from delivery.lanes l where l.channel = c.name) and not exists (select from delivery.jobs j where j.channel = c.name)
          and c.breaker is null
        """;

    /// <summary>Once; repeatable.</summary>
    public async Task RunOnce(CancellationToken ct)
    {
        await database.Statement(ForgetSql).Run(ct);
        foreach (var kept in await database.Statement(SecretsSql).Rows(r => (Id: r.GetGuid(0), Secret: r.GetFieldValue<byte[]>(1), Old: r.Maybe<byte[]>(2)), ct))
        {
            if (!secrets.IsCurrent(kept.Secret) || (kept.Old is { } old && !secrets.IsCurrent(old))) await Seal(kept.Id, kept.Secret, kept.Old, ct);
        }

        foreach (var id in await database.Statement(FailingSql).Rows(r => r.GetGuid(0), ct))
        {
            if (await switchOff.Run(id, "Nothing was taken for five days.", ct)) SwitchedOff(log, id);
        }

        await database.Statement(ChannelsSql).Run(ct);
    }

    private async Task Seal(Guid id, byte[] secret, byte[]? old, CancellationToken ct)
    {
        var opened = secrets.Open(id, [secret, .. old is null ? Array.Empty<byte[]>() : [old]]);
        if (!opened.Ok) return; // the doctor says so
        var anew = opened.Value.Select(plain => secrets.Seal(id, plain)).ToList();
        if (anew.Exists(sealedAnew => !sealedAnew.Ok)) return;
        await database.Statement(SealSql, ("id", id), ("secret", anew[0].Value), ("old", anew.Count > 1 ? anew[1].Value : null), ("was", secret)).Run(ct);
    }

    [LoggerMessage(1, LogLevel.Warning, "The webhook {Id} took nothing for five days and was switched off")]
    private static partial void SwitchedOff(ILogger logger, Guid id);
}

/// <summary>Receivers that the program switched off: somebody relies on them.</summary>
internal sealed class WebhookTrouble(NpgsqlDataSource database) : IAlertSource
{
    private const string OffSql = "select id, url, off_because from platform.webhook_endpoints where off_because is not null order by id";

    public string Prefix => "webhook.";

    public async Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct) =>
        await database.Statement(OffSql).Rows(r => Off(r.GetGuid(0), new Uri(r.GetString(1)).IdnHost, r.GetString(2)), ct);

    private static AlertCondition Off(Guid id, string host, string why) => new(
        $"webhook.off:{id}",
        $"Webhook ke {host} dimatikan: {why} Yang menunggu tetap tersimpan. Setelah diperbaiki, nyalakan lagi di Admin → Webhook.",
        $"The webhook to {host} was switched off: {why} What waits for it is kept. Once that is mended, switch it on again under Admin → Webhooks.");
}

/// <summary>The key of the secrets is there. Says nothing where all is well.</summary>
internal sealed class CheckWebhooks(WebhookSecrets secrets) : IDoctorCheck
{
    private const string Ask = "select id, url, secret from platform.webhook_endpoints where is_active order by id";

    public Words? OnlyWithDatabase { get; } = new("rahasia webhook", "secrets of webhooks");

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        var stored = await round.Database!.Statement(Ask).Rows(r => (Id: r.GetGuid(0), Url: r.GetString(1), Secret: r.GetFieldValue<byte[]>(2)), ct);
        string[] lost = [.. stored.Where(s => !secrets.Open(s.Id, [s.Secret]).Ok).Select(s => new Uri(s.Url).IdnHost)];
        return lost is [] ? [] : [Finding.Wrong(
            "webhooks.secret",
            new($"Rahasia webhook ini tidak bisa dibaca: {string.Join(", ", lost)}. Kuncinya tidak ada, jadi tidak ada yang dikirim.", $"The secret of these webhooks cannot be read: {string.Join(", ", lost)}. Its key is not there, so nothing is sent."),
            new("Kembalikan baris kunci itu ke second-factor.key dari salinan yang disimpan, atau ganti rahasianya di Admin → Webhook.", "Put the key's line back into second-factor.key from the copy that was kept, or change the secret under Admin → Webhooks."))];
    }
}
