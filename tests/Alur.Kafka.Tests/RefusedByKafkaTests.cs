using System.Text.Json.Nodes;
using Alur.Platform.Audit;
using Alur.Platform.Journal;

namespace Alur.Kafka.Tests;

public sealed class RefusedByKafkaTests(SharedBrokers shared) : IClassFixture<SharedBrokers>, IAsyncLifetime
{
    private const int TopicAuthorizationFailed = 29;
    private const int ProducerFenced = 90;
    private const int MessageTooLarge = 10;
    private const short EndTransaction = 26;
    private const short Produce = 0;

    private readonly KafkaDesk _desk = new(shared);

    public ValueTask InitializeAsync() => _desk.InitializeAsync();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task A_node_that_the_brokers_have_cut_off_moves_nothing_and_begins_anew()
    {
        await using var relay = _desk.Relay();
        await _desk.Book(3);
        _desk.Brokers.RefuseNext(EndTransaction, ProducerFenced);

        var fenced = await Assert.ThrowsAsync<RelayWaitsException>(() => _desk.Run(relay));

        Assert.StartsWith("Another node has taken over", fenced.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await _desk.Status()).Behind);
        Assert.Equal(3, await _desk.Run(relay));
        await _desk.Inbox.Has(3);
    }

    [Fact]
    public async Task A_message_that_is_too_large_stops_the_relay_until_somebody_has_mended_that()
    {
        await _desk.Book(2);
        await _desk.Book(1, metadata: new JsonObject { ["note"] = new string('x', 3000) }.ToJsonString());
        await _desk.Book(2);
        await using var narrow = _desk.Relay(options => options.MaxMessageBytes = 2000);

        await Assert.ThrowsAsync<ConsumerStoppedException>(() => _desk.Run(narrow));

        var status = await _desk.Status();
        Assert.Equal(("FAILED", 3), (status.State, status.Behind));
        Assert.Contains("The message is too large. Raise Kafka:MaxMessageBytes", status.Error, StringComparison.Ordinal);
        await using var wide = _desk.Relay();
        Assert.True((await _desk.Consumers.Resume(TellKafka.RelayName, AuditOrigin.System)).Ok);
        Assert.Equal(3, await _desk.Run(wide));
        await _desk.Inbox.Has(5);
        _desk.Inbox.AssertFirstTimesAreInOrder();
    }

    [Fact]
    public async Task What_the_brokers_find_too_large_stops_the_relay_as_well()
    {
        await _desk.Book(1);
        _desk.Brokers.RefuseNext(Produce, MessageTooLarge);
        await using var relay = _desk.Relay();

        await Assert.ThrowsAsync<ConsumerStoppedException>(() => _desk.Run(relay));

        Assert.Contains("The message is too large. Raise Kafka:MaxMessageBytes", (await _desk.Status()).Error, StringComparison.Ordinal);
        await _desk.Consumers.Resume(TellKafka.RelayName, AuditOrigin.System);
        Assert.Equal(1, await _desk.Run(relay));
        await _desk.Inbox.Has(1);
    }

    [Fact]
    public async Task A_topic_that_must_not_be_written_stops_the_relay_and_says_what_to_grant()
    {
        await _desk.Book(2);
        _desk.Brokers.Refuse(_desk.Inbox.Prefix + KafkaDesk.Created, TopicAuthorizationFailed);
        await using var relay = _desk.Relay();

        await Assert.ThrowsAsync<ConsumerStoppedException>(() => _desk.Run(relay));

        Assert.Equal(("FAILED", 2), ((await _desk.Status()).State, (await _desk.Status()).Behind));
        Assert.Contains("Grant this user the right to write", (await _desk.Status()).Error, StringComparison.Ordinal);
        _desk.Brokers.Refuse(_desk.Inbox.Prefix + KafkaDesk.Created, 0);
        await _desk.Consumers.Resume(TellKafka.RelayName, AuditOrigin.System);
        Assert.Equal(2, await _desk.Run(relay));
    }
}
