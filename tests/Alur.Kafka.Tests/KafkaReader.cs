using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alur.Testing;

namespace Alur.Kafka.Tests;

/// <summary>A message as somebody else's client read it.</summary>
internal sealed record ReadMessage(string Topic, int Partition, long Offset, string Key, long Timestamp, Dictionary<string, string> Headers, string Value)
{
    public JsonNode Json => JsonNode.Parse(Value)!;

    public long Position { get; } = (long)JsonNode.Parse(Value)!["position"]!;
}

/// <summary>Reads topics from their beginning, in a process of its own, with KafkaJS: an implementation of the protocol that has nothing in common with ours.</summary>
internal sealed class KafkaReader : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    private readonly Process _process;
    private readonly List<ReadMessage> _read = [];
    private readonly HashSet<(string Topic, int Partition, long Offset)> _seen = [];
    private readonly Task _reading;

    private KafkaReader(Process process)
    {
        _process = process;
        _reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                var message = JsonSerializer.Deserialize<ReadMessage>(line, Names)!;
                // A reader that lost its connection reads some once more: that is no repetition of ours.
                if (!_seen.Add((message.Topic, message.Partition, message.Offset))) continue;
                lock (_read) _read.Add(message);
            }
        });
    }

    /// <summary>In the order in which they were read.</summary>
    public IReadOnlyList<ReadMessage> Messages
    {
        get
        {
            lock (_read) return [.. _read];
        }
    }

    public static async Task<KafkaReader> Start(MockBrokers brokers, params string[] topics)
    {
        var script = Path.Combine(await Crosscheck.Packages(), "..", "kafka.mjs");
        var start = new ProcessStartInfo("node", [script, brokers.BootstrapServers, .. topics]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        return new KafkaReader(Process.Start(start)!);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }
}

/// <summary>What a reader found in the topics that begin alike.</summary>
internal sealed class Inbox(KafkaReader reader, string prefix)
{
    public string Prefix => prefix;

    /// <summary>In the order in which they were read.</summary>
    public IReadOnlyList<ReadMessage> Messages => [.. reader.Messages.Where(message => message.Topic.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>Waits until this many different entries have arrived.</summary>
    public Task Has(int entries) => Eventually.True(() => Messages.Select(message => message.Position).Distinct().Count() >= entries);

    /// <summary>
    /// What is promised to readers: of each key within a topic every entry, and each for the first time only after those before it. Repetitions may be anywhere.
    /// </summary>
    public void AssertFirstTimesAreInOrder()
    {
        foreach (var key in Messages.GroupBy(message => (message.Topic, message.Key)))
        {
            var first = key.Select(message => message.Position).Distinct().ToList();
            Assert.Equal(first.Order(), first);
            Assert.Single(key.Select(message => message.Partition).Distinct());
        }
    }
}
