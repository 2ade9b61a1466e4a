using System.Diagnostics;
using Confluent.Kafka;

namespace Alur.Kafka;

/// <summary>
/// Asks for a topic before its first message, once. The library by itself would look only after a second, and would wait for a topic that is refused as for
/// one that is away.
/// </summary>
internal sealed class AskTopics(Handle producer) : IDisposable
{
    // Brokers that make topics take a moment for it, and say "unknown" meanwhile.
    private static readonly TimeSpan MayBeMade = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly IAdminClient _asker = new DependentAdminClientBuilder(producer).Build();
    private readonly HashSet<string> _there = new(StringComparer.Ordinal);

    /// <summary>Returns when all of them can be written to; throws what the brokers say of one that cannot.</summary>
    public Task AreThere(IEnumerable<string> topics, CancellationToken ct)
    {
        var unknown = topics.Where(topic => !_there.Contains(topic)).ToHashSet(StringComparer.Ordinal);
        return unknown.Count == 0 ? Task.CompletedTask : Waiting.OnOwnThread(() =>
        {
            foreach (var topic in unknown) IsThere(topic, ct);
            return true;
        });
    }

    public void Dispose() => _asker.Dispose();

    private void IsThere(string topic, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        while (_asker.GetMetadata(topic, Answer).Topics.Single().Error is { IsError: true } error)
        {
            var mayBeMade = error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.LeaderNotAvailable;
            if (!mayBeMade || Stopwatch.GetElapsedTime(began) > MayBeMade) throw new KafkaException(error);
            ct.WaitHandle.WaitOne(Pause);
            ct.ThrowIfCancellationRequested();
        }

        _there.Add(topic);
    }
}
