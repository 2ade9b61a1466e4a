using Alur.Platform.Configuration;
using Alur.Platform.Doctor;
using Alur.Platform.Journal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Kafka;

/// <summary>Tells Kafka of the journal, where brokers are configured.</summary>
public static class KafkaModule
{
    /// <summary>
    /// The relay <c>kafka</c> and its line in the doctor's round. Without <c>Kafka:BootstrapServers</c> only the settings are looked at: nothing of the client is
    /// loaded.
    /// </summary>
    public static IServiceCollection AddKafka(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KafkaOptions>().BindConfiguration(KafkaOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<KafkaOptions>, KafkaMistakes>();
        services.AddSingleton(provider => new OpeningLine(Opening(provider)));
        return string.IsNullOrWhiteSpace(configuration[$"{KafkaOptions.Section}:{nameof(KafkaOptions.BootstrapServers)}"])
            ? services
            : services.AddJournalRelay<TellKafka>(TellKafka.RelayName).AddSingleton<IDoctorCheck, CheckKafka>();
    }

    /// <summary>Lets a server that shall tell Kafka not start without the library for it. Other verbs go on: the doctor must be able to say it.</summary>
    public static IServiceCollection AddKafkaRequirement(this IServiceCollection services) =>
        services.AddSingleton<IValidateOptions<KafkaOptions>>(_ => new RequireLibrary());

    // Whom the journal is told to and by which library, or that it is told to nobody.
    private static string Opening(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<KafkaOptions>>().Value;
        if (string.IsNullOrWhiteSpace(options.BootstrapServers)) return "Kafka: off, because Kafka:BootstrapServers is not set";
        var how = options.SaslMechanism is { } mechanism ? $"{options.SecurityProtocol}, {mechanism}" : $"{options.SecurityProtocol}";
        return $"Kafka: on. The journal is told to {options.BootstrapServers} as {options.ClientId} ({how}), by {KafkaLibrary.Version()}";
    }
}
