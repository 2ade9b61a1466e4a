using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>Something that receivers may want to know.</summary>
/// <param name="Type">Words joined by dots, such as <c>booking.created</c>.</param>
/// <param name="Id">Names the message, <c>webhook-id</c>: the same at every receiver and every try.</param>
/// <param name="Data">A JSON object without what identifies a person.</param>
/// <param name="At">When it happened.</param>
/// <param name="Key">What it is about: of one key a receiver gets everything in order.</param>
public sealed record WebhookEvent(string Type, Guid Id, string Data, DateTimeOffset At, string Key);

/// <summary>Puts events into the queues of the receivers that want them.</summary>
public sealed class EnqueueWebhooks(DeliveryQueue queue)
{
    /// <summary>Half a minute, doubled up to a quarter of an hour: about three days.</summary>
    internal const int Tries = 293;

    private const string ReceiversSql = "select id, event_types, created_at from platform.webhook_endpoints where is_active order by id";

    /// <summary>One job for each receiver and event, in the caller's transaction and in this order. Call <see cref="Wake"/> after the commit.</summary>
    /// <returns>The channels that have something new; none where nobody wants any of it.</returns>
    public async Task<IReadOnlyList<string>> Run(NpgsqlTransaction tx, IReadOnlyList<WebhookEvent> events, CancellationToken ct = default)
    {
        if (events.Count == 0) return [];
        var receivers = await Receivers(tx, ct);
        return await Run(tx, events.Select(e => (e, (IReadOnlyList<Receiver>)[.. receivers.Where(r => r.Wants(e.Type))])), ct);
    }

    /// <summary>Says, after the commit, that there is something to send. A hint: without it it goes out within the worker's interval.</summary>
    public void Wake(IEnumerable<string> channels)
    {
        foreach (var channel in channels) queue.Wake(channel);
    }

    /// <summary>Whoever is told anything now.</summary>
    internal static async Task<IReadOnlyList<Receiver>> Receivers(NpgsqlTransaction tx, CancellationToken ct) =>
        await tx.Statement(ReceiversSql).Rows(r => new Receiver(r.GetGuid(0), r.GetFieldValue<string[]>(1), r.GetFieldValue<DateTimeOffset>(2)), ct);

    /// <summary>The same for whom the caller has read and chosen already.</summary>
    internal async Task<IReadOnlyList<string>> Run(NpgsqlTransaction tx, IEnumerable<(WebhookEvent Event, IReadOnlyList<Receiver> By)> wanted, CancellationToken ct)
    {
        List<NextDelivery> jobs = [.. wanted.Where(w => w.By.Count > 0).SelectMany(w => Jobs(w.Event, w.By))];
        await queue.Append(tx, jobs, ct);
        return [.. jobs.Select(job => job.Channel).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The job that tells one receiver, whatever it asked for.</summary>
    internal static NextDelivery Job(WebhookEvent happened, Guid receiver) => Jobs(happened, [new Receiver(receiver, [], default)]).Single();

    private static IEnumerable<NextDelivery> Jobs(WebhookEvent happened, IReadOnlyList<Receiver> receivers)
    {
        var payload = QueuedEvent.Of(happened).ToPayload();
        return receivers.Select(receiver => new NextDelivery(HookNames.Channel(receiver.Id), happened.Key, payload, happened.Id, Tries));
    }

    /// <summary>An endpoint that is switched on.</summary>
    internal sealed record Receiver(Guid Id, IReadOnlyList<string> Types, DateTimeOffset Since)
    {
        public bool Wants(string type) => EventPatterns.Match(Types, type);
    }
}

/// <summary>What the queue keeps of an event. The body is a text, so that every try sends the same bytes.</summary>
internal sealed record QueuedEvent(
    [property: JsonPropertyName("id")] Guid Id, [property: JsonPropertyName("type")] string Type, [property: JsonPropertyName("body")] string Body)
{
    public static QueuedEvent Of(WebhookEvent happened)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", happened.Type);
            json.WriteTime("timestamp", happened.At);
            json.WritePropertyName("data");
            json.WriteRawValue(happened.Data);
            json.WriteEndObject();
        }

        return new QueuedEvent(happened.Id, happened.Type, Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    public string ToPayload() => JsonSerializer.Serialize(this);

    public static QueuedEvent FromPayload(string payload) => JsonSerializer.Deserialize<QueuedEvent>(payload)!;
}
