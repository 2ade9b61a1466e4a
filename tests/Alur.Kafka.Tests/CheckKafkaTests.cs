using Alur.Platform.Doctor;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Kafka.Tests;

public sealed class CheckKafkaTests
{
    [Fact]
    public async Task Brokers_that_answer_are_counted_and_those_that_do_not_are_told_with_what_to_do()
    {
        using var brokers = new MockBrokers(brokers: 3);
        using var away = new MockBrokers();
        away.Down();

        var (answers, silent) = (await Look(brokers.BootstrapServers), await Look(away.BootstrapServers));

        Assert.Equal((FindingLevel.Ok, "Kafka answers (3 brokers)."), (answers.Level, answers.Found.English));
        Assert.Equal((FindingLevel.Warning, "kafka"), (silent.Level, silent.Check));
        Assert.StartsWith($"Kafka at {away.BootstrapServers} does not answer: ", silent.Found.English, StringComparison.Ordinal);
        Assert.Contains("Connection refused", silent.Found.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_tls_only_brokers_are_spoken_to_whose_certificate_and_name_are_right()
    {
        using var brokers = new MockBrokers();
        await using var proxy = new TlsProxy(brokers.BootstrapServers);

        var trusted = await Look($"localhost:{proxy.Port}", proxy.CertificateFile);
        var unknown = await Look($"localhost:{proxy.Port}", certificates: null);
        var otherName = await Look($"127.0.0.1:{proxy.Port}", proxy.CertificateFile);

        Assert.Equal(FindingLevel.Ok, trusted.Level);
        Assert.All([unknown, otherName], finding =>
        {
            Assert.Equal(FindingLevel.Warning, finding.Level);
            Assert.Contains("certificate verify failed", finding.Found.English, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task That_they_are_away_is_a_warning_with_what_waits_as_the_journal_s_own_line_is_and_a_relay_that_stopped_is_wrong()
    {
        var shared = new SharedBrokers();
        await using var _ = shared;
        await shared.InitializeAsync();
        await using var desk = new KafkaDesk(shared);
        await desk.InitializeAsync();
        for (var i = 0; i < 3; i++) await desk.Book(200, entriesOfEach: 2);
        desk.Brokers.Down();
        await desk.Execute("insert into journal.consumers (name, position, waits_since, waits_for) values ('kafka', 0, now(), 'Nobody answers.')");
        var options = new KafkaOptions { BootstrapServers = desk.Brokers.BootstrapServers };

        Assert.EndsWith(" 1,200 entries wait for it.", (await Look(options, desk.Database.App)).Found.English, StringComparison.Ordinal);
        Assert.Equal([FindingLevel.Warning], await Journal(desk));

        await desk.Execute("update journal.consumers set state = 'FAILED', failed_position = 1, error = 'Make the topic.', waits_since = null, waits_for = null");
        Assert.Equal([FindingLevel.Wrong], await Journal(desk));
    }

    private static async Task<IEnumerable<FindingLevel>> Journal(KafkaDesk desk) =>
        (await new CheckJournal().Run(new DoctorRound(null, desk.Database.App), CancellationToken.None)).Select(finding => finding.Level);

    private static async Task<Finding> Look(string brokers) => await Look(new KafkaOptions { BootstrapServers = brokers });

    private static async Task<Finding> Look(string brokers, string? certificates) =>
        await Look(new KafkaOptions { BootstrapServers = brokers, SecurityProtocol = KafkaProtocol.Ssl, SslCaLocation = certificates });

    private static async Task<Finding> Look(KafkaOptions options, NpgsqlDataSource? database = null) => Assert.Single(
        await new CheckKafka(Options.Create(options)) { Patience = TimeSpan.FromSeconds(2) }.Run(new DoctorRound(null, database), CancellationToken.None));
}
