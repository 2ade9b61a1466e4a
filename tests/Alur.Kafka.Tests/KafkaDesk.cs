using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Leases;
using Alur.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Alur.Kafka.Tests;

/// <summary>A journal of bookings with brokers to tell of them.</summary>
public sealed class KafkaDesk(SharedBrokers shared) : IAsyncLifetime
{
    public const string Created = "booking.created";
    public const string Confirmed = "booking.confirmed";

    private static readonly Actor Clerk = new("01JCLERK", ActorKind.User);
    private static readonly DateTimeOffset Morning = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);

    private TestDatabase? _database;
    private LeaseGrant? _grant;

    public TestDatabase Database => _database!;

    internal MockBrokers Brokers => shared.Brokers;

    internal Inbox Inbox { get; } = shared.NewLot();

    internal EventTypes Types { get; } = new([new ModuleEventTypes("booking", [new EventType(Created, 1, "{}"), new EventType(Confirmed, 1, "{}")])]);

    internal JournalConsumers Consumers => new(Database.App, []);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        await new MirrorEventTypes(Types, Database.App).Run(CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        Brokers.Delay(TimeSpan.Zero);
        Brokers.Up();
        return Database.DisposeAsync();
    }

    public async Task Execute(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>So many bookings, each made and confirmed so often, in one transaction.</summary>
    public async Task Book(int bookings, int entriesOfEach = 1, string? metadata = null)
    {
        await using var connection = await Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var streams = Enumerable.Range(0, bookings).Select(_ => new StreamAppend(
            StreamId.Of("booking", Guid.CreateVersion7().ToString("N")),
            [.. Enumerable.Range(0, entriesOfEach).Select(i => new NewEntry(i == 0 ? Created : Confirmed, Clerk, Morning.AddMinutes(i)) { Metadata = metadata })]));
        Assert.True((await new AppendEntries(Types).Run(tx, [.. streams], commandId: null)).Ok);
        await tx.CommitAsync();
    }

    internal TellKafka Relay(Action<KafkaOptions>? change = null, TimeSpan? patience = null)
    {
        var options = new KafkaOptions { BootstrapServers = Brokers.BootstrapServers, TopicPrefix = Inbox.Prefix };
        change?.Invoke(options);
        return new TellKafka(Options.Create(options), Database.App, NullLogger<TellKafka>.Instance)
        {
            OpeningPatience = patience ?? TimeSpan.FromMinutes(1), SendingPatience = patience ?? TimeSpan.FromMinutes(1),
        };
    }

    /// <summary>One run of a node, which keeps the lease.</summary>
    internal async Task<int> Run(TellKafka relay)
    {
        _grant ??= (await new LeaseStore(Database.App).TryTake("journal.consumer:kafka", "node", TimeSpan.FromMinutes(10)))!;
        return await Pump(relay).RunOnce(_grant, CancellationToken.None);
    }

    internal RelayPump Pump(IJournalRelay relay) => new(relay, Database.App, new JournalTail(Database.App, Types));

    internal async Task<ConsumerStatus> Status() => (await Consumers.List()).Single(consumer => consumer.Name == TellKafka.RelayName);

}
