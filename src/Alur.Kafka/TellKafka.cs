using System.Globalization;
using System.Text;
using Alur.Platform.Journal;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Kafka;

/// <summary>
/// The relay <c>kafka</c>: every entry of the journal to the topic of its type, keyed by what its stream is about, so that Kafka keeps the order of each. A batch is
/// one transaction there, under an id that all nodes of this installation share.
/// </summary>
internal sealed class TellKafka(IOptions<KafkaOptions> options, NpgsqlDataSource db, ILogger<TellKafka> log) : IJournalRelay, IAsyncDisposable
{
    public const string RelayName = "kafka";

    private readonly KafkaTopics _topics = new(options.Value);
    private KafkaProducer? _producer;
    private long _epoch;

    public string Name => RelayName;

    public int Batch => 1000;

    /// <summary>How long brokers may take to be reached.</summary>
    public TimeSpan OpeningPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long they may take to acknowledge a batch.</summary>
    public TimeSpan SendingPatience { get; init; } = TimeSpan.FromSeconds(30);

    public async Task Open(long epoch, CancellationToken ct)
    {
        if (_producer is not null && _epoch == epoch) return;
        await Close();
        var id = $"{options.Value.ClientId}.{await JournalName.Of(db, ct)}";
        _producer = await KafkaProducer.Open(options.Value, id, OpeningPatience, log, ct);
        _epoch = epoch;
    }

    public async Task Send(IReadOnlyList<JournalEntry> entries, CancellationToken ct)
    {
        try
        {
            await _producer!.Send([.. entries.Select(entry => (_topics.Of(entry.Type), Message(entry)))], SendingPatience, ct);
        }
        catch
        {
            // Whatever it still has in its hands must not arrive after what comes next.
            await Close();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Close();

    /// <summary>An entry as others read it. The moment of recording is the time stamp: brokers delete by it, and something entered afterwards may be years old.</summary>
    internal static Message<byte[], byte[]> Message(JournalEntry entry) => new()
    {
        Key = Encoding.UTF8.GetBytes(entry.Stream.Key),
        Value = EventEnvelope.Utf8(entry),
        Timestamp = new Timestamp(entry.RecordedAt.UtcDateTime),
        Headers = HeadersOf(entry),
    };

    private static Headers HeadersOf(JournalEntry entry)
    {
        var headers = new Headers
        {
            { "content-type", "application/json"u8.ToArray() },
            { "id", Utf8(entry.Id) },
            { "type", Encoding.UTF8.GetBytes(entry.Type) },
            { "schema_version", Utf8(entry.SchemaVersion) },
            { "position", Utf8(entry.Position) },
        };
        if (entry.CorrelationId is { } correlation) headers.Add("correlation_id", Utf8(correlation));
        return headers;
    }

    private static byte[] Utf8(IFormattable value) => Encoding.UTF8.GetBytes(value.ToString(format: null, CultureInfo.InvariantCulture));

    private async ValueTask Close()
    {
        if (_producer is not { } producer) return;
        _producer = null;
        await producer.DisposeAsync();
    }
}
