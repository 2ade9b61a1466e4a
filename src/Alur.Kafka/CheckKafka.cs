using Alur.Platform.Doctor;
using Alur.Platform.Texts;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace Alur.Kafka;

/// <summary>Whether the library is there and the brokers answer, with the user and the topics that are configured.</summary>
internal sealed class CheckKafka(IOptions<KafkaOptions> options) : IDoctorCheck
{
    private const string Code = "kafka";

    public Words? OnlyWithDatabase => null;

    public bool AsksOthers => true;

    /// <summary>How long brokers may take to answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Finding>> Run(DoctorRound round, CancellationToken ct)
    {
        if (round.Subject is not null) return [];
        return [KafkaLibrary.IsInstalled() ? await Waiting.OnOwnThread(Ask) : Finding.Wrong(Code,
            new($"Pustaka untuk Kafka ({KafkaLibrary.FileName}) tidak terpasang.", $"The library for Kafka ({KafkaLibrary.FileName}) is not installed."),
            new("Pasang paket librdkafka1 (Debian, Ubuntu: apt-get install librdkafka1).", $"{KafkaLibrary.Install}."))];
    }

    private Finding Ask()
    {
        KafkaLibrary.Use();
        string? lastWords = null;
        try
        {
            using var asker = new AdminClientBuilder(new AdminClientConfig().Reach(options.Value))
                .SetErrorHandler((_, error) => lastWords = error.Code == ErrorCode.Local_AllBrokersDown ? lastWords : error.Reason)
                .SetLogHandler((_, _) => { })
                .Build();
            var brokers = asker.GetMetadata(Patience).Brokers.Count;
            return Finding.Ok(Code, $"Kafka menjawab ({brokers} broker).", $"Kafka answers ({brokers} {Words.Of(brokers, "broker")}).");
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            var why = OutsideText.Clean(lastWords ?? e.Message);
            return Finding.Wrong(Code,
                new($"Kafka di {options.Value.BootstrapServers} tidak menjawab: {why}", $"Kafka at {options.Value.BootstrapServers} does not answer: {why}"),
                new("Periksa Kafka:BootstrapServers, nama pengguna, kata sandi dan TLS, serta jaringan ke sana. Tidak ada yang hilang: yang belum sampai dikirim kemudian.",
                    "Check Kafka:BootstrapServers, the user, the password and TLS, and the network to there. Nothing is lost: what has not arrived is sent later."));
        }
    }
}
