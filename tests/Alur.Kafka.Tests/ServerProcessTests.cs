using System.Globalization;
using Alur.Host.Tests;
using Alur.Testing;
using Npgsql;

namespace Alur.Kafka.Tests;

/// <summary>Whole servers, on a database and brokers of their own.</summary>
public sealed class ServerProcessTests : IAsyncLifetime
{
    private const string LeaseHolder = "select holder from platform.leases where name = 'journal.consumer:kafka' and until > now()";
    private const string NotesWait = """
        select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'update journal.consumers set position%')
        """;
    private const string HoldPlace = "select 1 from journal.consumers where name = 'kafka' for update";

    private readonly SharedBrokers _shared = new();
    private KafkaDesk? _desk;

    private KafkaDesk Desk => _desk!;

    public async ValueTask InitializeAsync()
    {
        await _shared.InitializeAsync();
        _desk = new KafkaDesk(_shared);
        await _desk.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Desk.DisposeAsync();
        await _shared.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_is_killed_between_acknowledgement_and_place_repeats_some_and_loses_nothing_and_one_that_does_not_know_kafka_loads_nothing_of_it()
    {
        await using var plain = Serve(kafka: false);
        await using var first = Serve(kafka: true);
        await using var second = Serve(kafka: true);
        await Task.WhenAll(plain.Line("Listening:"), first.Line("Listening:"), second.Line("Listening:"));
        Assert.Empty(KafkaFilesOf(plain));
        Assert.Contains("Kafka: off, because Kafka:BootstrapServers is not set", plain.Lines);
        Assert.Matches($@"^The journal is told to {Desk.Brokers.BootstrapServers} as alur \(Plaintext\), by librdkafka \d+\.\d+\.\d+$", await first.Line("Kafka: on. "));
        await Desk.Book(1);
        await Desk.Inbox.Has(1);
        var holder = await Holder() == first.Id ? first : second;
        Assert.Contains(KafkaFilesOf(holder), file => file.Contains("librdkafka", StringComparison.Ordinal));
        await Eventually.True(async () => (await Desk.Status()).Behind == 0);

        await using (var connection = await Desk.Database.Owner.OpenConnectionAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand(HoldPlace, connection, tx);
            await hold.ExecuteNonQueryAsync();
            await Desk.Book(10, entriesOfEach: 20);
            await Desk.Inbox.Has(201);
            await Eventually.True(() => Ask<bool>(NotesWait)); // all is acknowledged, and the place is to be noted
            await holder.Kill();
        }

        await Desk.Book(10, entriesOfEach: 2);
        await Desk.Inbox.Has(221);
        await Eventually.True(async () => (await Desk.Status()).Behind == 0);
        await Eventually.True(() => Desk.Inbox.Messages.Count >= 421);

        Assert.NotEqual(holder.Id, await Holder());
        Assert.Equal(421, Desk.Inbox.Messages.Count); // the 200 that nobody had noted came twice
        Desk.Inbox.AssertFirstTimesAreInOrder();
        Assert.Empty(KafkaFilesOf(plain));
    }

    private HostProcess Serve(bool kafka) => HostProcess.Start(
        ["serve", "--set", "urls=http://127.0.0.1:0", .. kafka ? ["--set", $"Kafka:BootstrapServers={Desk.Brokers.BootstrapServers}", "--set", $"Kafka:TopicPrefix={Desk.Inbox.Prefix}"] : Array.Empty<string>()],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["ALUR_ConnectionStrings__Alur"] = Desk.Database.AppConnectionString });

    /// <summary>The process that tells Kafka now.</summary>
    private async Task<int> Holder() => int.Parse((await Ask<string>(LeaseHolder)).Split(':')[1], CultureInfo.InvariantCulture);

    private async Task<T> Ask<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Desk.Database.AdminConnectionString); // who sees what others wait for
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>What the process has mapped that is only there for Kafka; assemblies are mapped files too.</summary>
    private static List<string> KafkaFilesOf(HostProcess process) =>
        [.. File.ReadLines($"/proc/{process.Id}/maps").Select(line => Path.GetFileName(line.Split(' ')[^1])).Where(file => file.Contains("kafka", StringComparison.OrdinalIgnoreCase) && file != "Alur.Kafka.dll").Distinct()];
}
