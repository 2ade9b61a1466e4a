using System.Globalization;
using System.Text;
using System.Text.Json;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>
/// Tells receivers. Only 2xx says that a message was taken; everything else is tried again for days, because a receiver that refuses today may be mended tomorrow. 410
/// says that nobody is there any more and switches the endpoint off.
/// </summary>
internal sealed class HookChannel(NpgsqlDataSource database, WebhookSecrets secrets, WebhookCalls calls, SwitchWebhookOff switchOff) : IDeliveryChannel
{
    private const string EndpointSql = """
        select url, is_active, secret, case when old_until > now() then old_secret end from platform.webhook_endpoints where id = @id
        """;

    private const string GoneBecause = "The receiver says that it is gone (HTTP 410).";

    private static readonly TimeSpan WhileOff = TimeSpan.FromHours(1);
    private static readonly TimeSpan WhileUnreadable = TimeSpan.FromMinutes(10);

    public string Kind => HookNames.Kind;

    /// <summary>
    /// When an endpoint was reached last, and since when it is not; a second's successes are written once. Whoever was tried is tried again within the hour, so a day without a failure
    /// means that nobody tried, and what fails after that is something new.
    /// </summary>
    public string SettleEffects => """
        , hook_told as materialized (
            select substr(s.channel, 6)::uuid as id, bool_or(s.outcome = 'DELIVERED') as delivered, bool_or(s.outcome <> 'DELIVERED') as failed,
                   (array_agg(s.reason order by s.job_id desc) filter (where s.outcome <> 'DELIVERED'))[1] as reason
            from settled s
            where s.outcome in ('DELIVERED', 'RETRY_LATER', 'REJECTED')
            group by s.channel
        ), hook_held as materialized (
            select e.id from platform.webhook_endpoints e where e.id in (select t.id from hook_told t) order by e.id for no key update
        ), hook_figures as (
            update platform.webhook_endpoints e set
                last_success_at = case when t.delivered then now() else e.last_success_at end,
                last_failure_at = case when t.failed then now() else e.last_failure_at end,
                last_failure = case when t.failed then coalesce(t.reason, '') else e.last_failure end,
                failing_since = case when t.delivered then null when e.last_failure_at > now() - interval '1 day' then coalesce(e.failing_since, now()) else now() end
            from hook_told t
            join hook_held h on h.id = t.id
            where e.id = t.id
              and (t.failed or e.failing_since is not null or e.last_success_at is null or e.last_success_at < now() - interval '1 second')
        )
        """;

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        var id = HookNames.Endpoint(job.Channel);
        if (await Find(id, ct) is not { } endpoint) return new(new Dropped("The webhook was deleted, so nothing was sent."), Exchange: null);
        if (!endpoint.IsActive) return new(new NotYet(DateTimeOffset.UtcNow + WhileOff, "The webhook is switched off."), Exchange: null);
        var keys = secrets.Open(id, endpoint.Secrets);
        if (!keys.Ok) return new(new NotYet(DateTimeOffset.UtcNow + WhileUnreadable, keys.Error.Message), Exchange: null);
        var message = QueuedEvent.FromPayload(job.Payload);
        var startedAt = DateTimeOffset.UtcNow;
        var answer = await Call(endpoint.Url, message, startedAt, keys.Value, ct);
        var outcome = answer.Status == 410 ? await Gone(id, ct) : Outcome(answer);
        return new(outcome, Exchange(message, startedAt, answer));
    }

    private Task<WebhookAnswer> Call(Uri url, QueuedEvent message, DateTimeOffset at, IReadOnlyList<byte[]> keys, CancellationToken ct)
    {
        var (id, seconds, body) = (message.Id.ToString(), at.ToUnixTimeSeconds(), Encoding.UTF8.GetBytes(message.Body));
        return calls.Post(
            url,
            [
                ("webhook-id", id), ("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture)), ("webhook-signature", WebhookSecret.Sign(id, seconds, body, keys)),
            ],
            body, ct);
    }

    // What was answered stays answered, whatever becomes of our own rows: where they cannot be changed now, it will say so again.
    private async Task<DeliveryOutcome> Gone(Guid id, CancellationToken ct)
    {
        try
        {
            await switchOff.Run(id, GoneBecause, ct);
            return new Rejected("The receiver says that it is gone (HTTP 410); the webhook was switched off.");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return new RetryLater(GoneBecause, IsOutage: false);
        }
    }

    private async Task<Endpoint?> Find(Guid id, CancellationToken ct)
    {
        try
        {
            var found = await database.Statement(EndpointSql, ("id", id)).Rows(
                r => new Endpoint(new Uri(r.GetString(0)), r.GetBoolean(1), [.. new[] { r.GetFieldValue<byte[]>(2), r.Maybe<byte[]>(3) }.OfType<byte[]>()]), ct);
            return found.SingleOrDefault();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            throw new OnlyAskedException(e);
        }
    }

    // Only what says that the receiver is away or full counts for the breaker. An address that may not be called concerns nobody else, nor does an answer that refuses; 500 is one:
    // mostly this very message is what the receiver fell over.
    private static DeliveryOutcome Outcome(WebhookAnswer answer) => answer.Status switch
    {
        >= 200 and < 300 => new Delivered(),
        408 or 425 or 429 or 502 or 503 or 504 => new RetryLater($"The receiver answered HTTP {answer.Status}.", IsOutage: true, answer.RetryAfter),
        >= 500 => new RetryLater($"The receiver answered HTTP {answer.Status}.", IsOutage: false, answer.RetryAfter),
        >= 300 and < 400 => new RetryLater($"The receiver answered HTTP {answer.Status}: redirects are not followed. Enter the address that it leads to.", IsOutage: false),
        not null => new RetryLater($"The receiver refused with HTTP {answer.Status}.", IsOutage: false, answer.RetryAfter),
        null => new RetryLater(answer.Trouble!, IsOutage: !answer.IsRefused),
    };

    private static Exchange Exchange(QueuedEvent message, DateTimeOffset startedAt, WebhookAnswer answer) => new(
        startedAt, answer.Duration, answer.Status, Code: null, answer.Trouble,
        JsonSerializer.Serialize(new { id = message.Id, type = message.Type }), ReceiverWords.Keep(answer.Body))
    {
        LeftNothing = answer.NothingSent,
    };

    private sealed record Endpoint(Uri Url, bool IsActive, IReadOnlyList<byte[]> Secrets);
}
