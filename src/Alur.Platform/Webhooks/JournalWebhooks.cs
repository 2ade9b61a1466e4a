using System.Text;
using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>
/// Tells receivers what the journal records: of each history in its order, from when a receiver was entered on. The jobs commit with the place in the journal, so nothing is
/// left out and nothing is queued twice, whatever breaks.
/// </summary>
internal sealed class JournalWebhooks(EnqueueWebhooks enqueue) : IJournalConsumer
{
    public const string ConsumerName = "webhooks";

    /// <summary>Types that only wake sockets of this server.</summary>
    private const string Inner = "realtime.";

    private IReadOnlyList<string> _channels = [];

    public string Name => ConsumerName;

    public string? StaysBecause => "Receivers cannot forget what they were told. To tell them again from some position on, reset it to there.";

    public async Task Handle(NpgsqlTransaction tx, IReadOnlyList<JournalEntry> entries, CancellationToken ct)
    {
        _channels = [];
        var receivers = await EnqueueWebhooks.Receivers(tx, ct);
        if (receivers.Count == 0) return;
        var wanted = entries
            .Select(entry => (Entry: entry, By: (IReadOnlyList<EnqueueWebhooks.Receiver>)[.. receivers.Where(receiver => IsFor(receiver, entry))]))
            .Where(w => w.By.Count > 0)
            .Select(w => (EventOf(w.Entry), w.By));
        _channels = await enqueue.Run(tx, wanted, ct);
    }

    public void Committed() => enqueue.Wake(_channels);

    /// <summary>Nothing was built.</summary>
    public Task Clear(NpgsqlTransaction tx, CancellationToken ct) => throw new InvalidOperationException(StaysBecause);

    /// <summary>Whether nobody outside is told of it.</summary>
    public static bool IsInner(string type) => type.StartsWith(Inner, StringComparison.Ordinal);

    private static bool IsFor(EnqueueWebhooks.Receiver receiver, JournalEntry entry) =>
        entry.RecordedAt >= receiver.Since && !IsInner(entry.Type) && receiver.Wants(entry.Type);

    private static WebhookEvent EventOf(JournalEntry entry) =>
        new(entry.Type, entry.Id, Encoding.UTF8.GetString(EventEnvelope.Utf8(entry)), entry.PerformedAt, entry.Stream.Text);
}
