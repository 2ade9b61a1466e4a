using Alur.Platform.Doctor;
using Alur.Platform.Journal;
using Alur.Platform.Texts;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Npgsql;

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
        if (!KafkaLibrary.IsInstalled()) return [IsMissing()];
        var (brokers, why) = await Waiting.OnOwnThread(Ask);
        return [why is null
            ? Finding.Ok(Code, $"Kafka menjawab ({brokers} broker).", $"Kafka answers ({brokers} {Words.Of(brokers, "broker")}).")
            : IsAway(why.TrimEnd('.', ' '), await Waits(round.Database, ct))];
    }

    private static Finding IsMissing() => Finding.Wrong(Code,
        new($"Pustaka untuk Kafka ({KafkaLibrary.FileName}) tidak terpasang.", $"The library for Kafka ({KafkaLibrary.FileName}) is not installed."),
        new("Pasang paket librdkafka1 (Debian, Ubuntu: apt-get install librdkafka1).", $"{KafkaLibrary.Install}."));

    // No more than a warning, as of every relay that waits: it goes on by itself. One that cannot has stopped, and the journal's own check says so.
    private Finding IsAway(string why, Words waits) => Finding.Warning(Code,
        new($"Kafka di {options.Value.BootstrapServers} tidak menjawab: {why}. {waits.Indonesian}", $"Kafka at {options.Value.BootstrapServers} does not answer: {why}. {waits.English}"),
        new("Tidak ada yang hilang; dilanjutkan sendiri begitu Kafka menjawab. Bila lama, periksa Kafka:BootstrapServers, nama pengguna, kata sandi dan TLS, serta jaringan ke sana.",
            "Nothing is lost; it goes on by itself as soon as Kafka answers. If it lasts, check Kafka:BootstrapServers, the user, the password and TLS, and the network to there."));

    private static async Task<Words> Waits(NpgsqlDataSource? database, CancellationToken ct)
    {
        var relay = database is null ? null : (await new JournalConsumers(database, []).List(ct)).FirstOrDefault(consumer => consumer.Name == TellKafka.RelayName);
        return relay is null ? new("Berapa yang menunggu belum diketahui.", "How much waits for it is not known yet.") : relay.Waits();
    }

    private (int Brokers, string? Why) Ask()
    {
        KafkaLibrary.Use();
        string? lastWords = null;
        try
        {
            using var asker = new AdminClientBuilder(new AdminClientConfig().Reach(options.Value))
                .SetErrorHandler((_, error) => lastWords = error.Code == ErrorCode.Local_AllBrokersDown ? lastWords : error.Reason)
                .SetLogHandler((_, _) => { })
                .Build();
            return (asker.GetMetadata(Patience).Brokers.Count, null);
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException)
        {
            return (0, OutsideText.Clean(lastWords ?? e.Message));
        }
    }
}
