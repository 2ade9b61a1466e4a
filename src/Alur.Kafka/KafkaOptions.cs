namespace Alur.Kafka;

/// <summary>Section <c>Kafka</c>: whom the journal is told to. To nobody, unless brokers are named.</summary>
public sealed class KafkaOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Kafka";

    /// <summary>Brokers to begin with, such as <c>kafka1.example:9092, kafka2.example:9092</c>. Empty: nothing is told, and no library is needed.</summary>
    public string? BootstrapServers { get; set; }

    /// <summary>How this installation calls itself at the brokers, and how its transactional id begins; rights there are granted to it.</summary>
    public string ClientId { get; set; } = "alur";

    /// <summary>Before the name of every topic, such as <c>rs-contoh.</c>.</summary>
    public string TopicPrefix { get; set; } = "";

    /// <summary>Topics, without the prefix, of types or families of types (<c>antrean.*</c>) whose topic is not named as they are.</summary>
    public Dictionary<string, string> Topics { get; set; } = new(StringComparer.Ordinal);

    /// <summary>How the brokers are spoken to.</summary>
    public KafkaProtocol SecurityProtocol { get; set; } = KafkaProtocol.Plaintext;

    /// <summary>How we say who we are: <c>PLAIN</c>, <c>SCRAM-SHA-256</c> or <c>SCRAM-SHA-512</c>.</summary>
    public string? SaslMechanism { get; set; }

    /// <summary>With <see cref="SaslMechanism"/>.</summary>
    public string? SaslUsername { get; set; }

    /// <summary>With <see cref="SaslMechanism"/>.</summary>
    public string? SaslPassword { get; set; }

    /// <summary>A file of certificates that vouch for the brokers. Null: those that the system trusts.</summary>
    public string? SslCaLocation { get; set; }

    /// <summary>Bytes of the largest message that is sent; not more than the brokers take.</summary>
    public int MaxMessageBytes { get; set; } = 1_000_000;
}

/// <summary>How brokers are spoken to. With TLS their certificate and name are always verified.</summary>
public enum KafkaProtocol
{
    /// <summary>As it is: within one machine or a protected network only.</summary>
    Plaintext,

    /// <summary>By TLS.</summary>
    Ssl,

    /// <summary>With a name and a password, without TLS: only with a mechanism that does not send the password.</summary>
    SaslPlaintext,

    /// <summary>With a name and a password, by TLS.</summary>
    SaslSsl,
}
