using System.Globalization;

namespace Alur.Kafka.Tests;

/// <summary>Brokers and one reader of theirs for all tests of a class, which come one after the other: a group of readers takes three seconds to form.</summary>
public sealed class SharedBrokers : IAsyncLifetime
{
    private const int Lots = 16;

    private KafkaReader? _reader;
    private int _given;

    internal MockBrokers Brokers { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var topics = Enumerable.Range(0, Lots).SelectMany(lot => new[] { Prefix(lot) + KafkaDesk.Created, Prefix(lot) + KafkaDesk.Confirmed }).ToArray();
        Brokers.CreateTopics(topics);
        _reader = await KafkaReader.Start(Brokers, topics);
    }

    public async ValueTask DisposeAsync()
    {
        await _reader!.DisposeAsync();
        Brokers.Dispose();
    }

    /// <summary>What arrives in topics that no other test writes to.</summary>
    internal Inbox NewLot()
    {
        Assert.InRange(_given, 0, Lots - 1);
        return new Inbox(_reader!, Prefix(_given++));
    }

    private static string Prefix(int lot) => string.Create(CultureInfo.InvariantCulture, $"t{lot}.");
}
