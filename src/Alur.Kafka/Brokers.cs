using Confluent.Kafka;

namespace Alur.Kafka;

/// <summary>What the settings mean to the client library.</summary>
internal static class Brokers
{
    /// <summary>How they are reached, for any client. Certificates and names are always verified.</summary>
    public static T Reach<T>(this T config, KafkaOptions options)
        where T : ClientConfig
    {
        config.BootstrapServers = options.BootstrapServers;
        config.ClientId = options.ClientId;
        config.SecurityProtocol = options.SecurityProtocol switch
        {
            KafkaProtocol.Plaintext => SecurityProtocol.Plaintext,
            KafkaProtocol.Ssl => SecurityProtocol.Ssl,
            KafkaProtocol.SaslPlaintext => SecurityProtocol.SaslPlaintext,
            KafkaProtocol.SaslSsl => SecurityProtocol.SaslSsl,
        };
        config.ReconnectBackoffMaxMs = 1000;
        if (options.SecurityProtocol is KafkaProtocol.Ssl or KafkaProtocol.SaslSsl)
        {
            config.EnableSslCertificateVerification = true;
            config.SslEndpointIdentificationAlgorithm = SslEndpointIdentificationAlgorithm.Https;
            if (options.SslCaLocation is { } file) config.SslCaLocation = file;
        }

        if (options.SaslMechanism is not { } mechanism) return config;
        config.SaslMechanism = mechanism switch
        {
            "PLAIN" => SaslMechanism.Plain,
            "SCRAM-SHA-256" => SaslMechanism.ScramSha256,
            _ => SaslMechanism.ScramSha512,
        };
        (config.SaslUsername, config.SaslPassword) = (options.SaslUsername, options.SaslPassword);
        return config;
    }
}
