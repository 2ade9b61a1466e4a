using Alur.Platform.Doctor;
using Microsoft.Extensions.Options;

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
        Assert.Equal((FindingLevel.Wrong, "kafka"), (silent.Level, silent.Check));
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
            Assert.Equal(FindingLevel.Wrong, finding.Level);
            Assert.Contains("certificate verify failed", finding.Found.English, StringComparison.Ordinal);
        });
    }

    private static async Task<Finding> Look(string brokers) => await Look(new KafkaOptions { BootstrapServers = brokers });

    private static async Task<Finding> Look(string brokers, string? certificates) =>
        await Look(new KafkaOptions { BootstrapServers = brokers, SecurityProtocol = KafkaProtocol.Ssl, SslCaLocation = certificates });

    private static async Task<Finding> Look(KafkaOptions options) => Assert.Single(
        await new CheckKafka(Options.Create(options)) { Patience = TimeSpan.FromSeconds(2) }.Run(new DoctorRound(null, Database: null), CancellationToken.None));
}
