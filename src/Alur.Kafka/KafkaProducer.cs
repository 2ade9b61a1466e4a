using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Alur.Kafka;

/// <summary>
/// One connection to the brokers that may write. Whoever opens one under the same transactional id cuts off all that were opened before, so a node that was frozen
/// and wakes up cannot write any more. After any failure it is closed: what it had not sent is forgotten, never sent later.
/// </summary>
internal sealed partial class KafkaProducer : IAsyncDisposable
{
    // Longer than the patience of Send: before the library gives up single messages, and so may leave one out, the whole batch is given up and the producer closed.
    private static readonly TimeSpan MessagesLive = TimeSpan.FromMinutes(1);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly AskTopics _topics;
    private readonly string _brokers;
    private readonly ILogger _log;
    private volatile string? _lastWords;

    private KafkaProducer(KafkaOptions options, string transactionalId, ILogger log)
    {
        (_brokers, _log) = (options.BootstrapServers!, log);
        var config = new ProducerConfig
        {
            TransactionalId = transactionalId,
            EnableIdempotence = true,
            Acks = Acks.All,
            TransactionTimeoutMs = (int)MessagesLive.TotalMilliseconds,
            MessageTimeoutMs = (int)MessagesLive.TotalMilliseconds,
            MessageMaxBytes = options.MaxMessageBytes,
            Partitioner = Partitioner.Murmur2Random, // as Java's clients do
            LingerMs = 5,
        };
        _producer = new ProducerBuilder<byte[], byte[]>(config.Reach(options))
            .SetLogHandler((_, line) => LogLibrary(line.Facility, line.Message))
            .SetErrorHandler((_, error) => _lastWords = error.Code == ErrorCode.Local_AllBrokersDown ? _lastWords ?? error.Reason : error.Reason)
            .Build();
        _topics = new AskTopics(_producer.Handle);
    }

    /// <summary>Connects, and cuts off whoever wrote before.</summary>
    public static async Task<KafkaProducer> Open(KafkaOptions options, string transactionalId, TimeSpan patience, ILogger log, CancellationToken ct)
    {
        KafkaLibrary.Use();
        var producer = new KafkaProducer(options, transactionalId, log);
        try
        {
            await Waiting.Until(producer._producer.InitTransactions, patience, ct);
            return producer;
        }
        catch (KafkaException e)
        {
            await producer.DisposeAsync();
            throw KafkaRefusal.Of(e.Error, producer._brokers, producer._lastWords, e);
        }
        catch
        {
            await producer.DisposeAsync();
            throw;
        }
    }

    /// <summary>All of them, in their order; returns when every one has been acknowledged by all replicas that are in step.</summary>
    public async Task Send(IReadOnlyList<(string Topic, Message<byte[], byte[]> Message)> messages, TimeSpan patience, CancellationToken ct)
    {
        Error? refused = null;
        try
        {
            _lastWords = null;
            await _topics.AreThere(messages.Select(message => message.Topic), ct);
            _producer.BeginTransaction();
            foreach (var (topic, message) in messages)
                _producer.Produce(topic, message, report => refused ??= IsOfItsOwn(report.Error) ? report.Error : null);
            await Waiting.Until(_producer.CommitTransaction, patience, ct);
        }
        catch (KafkaException e)
        {
            throw KafkaRefusal.Of(refused ?? e.Error, _brokers, _lastWords, e);
        }

        if (refused is not null) throw KafkaRefusal.Of(refused, _brokers, _lastWords, inner: null);
    }

    /// <summary>Forgets what is not sent yet.</summary>
    public async ValueTask DisposeAsync() => await Waiting.OnOwnThread(() =>
    {
        _topics.Dispose();
        _producer.Dispose();
        return true;
    });

    // Those that go down with another one say nothing about why.
    private static bool IsOfItsOwn(Error error) => error.IsError && error.Code is not (ErrorCode.Local_PurgeQueue or ErrorCode.Local_PurgeInflight);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Words}")]
    private partial void LogLibrary(string facility, string words);
}
