using System.Text.RegularExpressions;
using Alur.Platform.Journal;
using Microsoft.Extensions.Options;

namespace Alur.Kafka;

/// <summary>Refuses settings with which nothing, or something else than meant, would be told; each by its full key.</summary>
internal sealed partial class KafkaMistakes(EventTypes types) : IValidateOptions<KafkaOptions>
{
    private const int LeastMessage = 1000;
    private const int MostMessage = 100_000_000;
    private const string Plain = "PLAIN";

    private static readonly string[] Mechanisms = [Plain, "SCRAM-SHA-256", "SCRAM-SHA-512"];

    public ValidateOptionsResult Validate(string? name, KafkaOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.BootstrapServers)) return ValidateOptionsResult.Success;
        List<string> mistakes = [.. InBrokers(options), .. InTopics(options), .. InSecurity(options)];
        return mistakes.Count > 0 ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> InBrokers(KafkaOptions options)
    {
        foreach (var broker in options.BootstrapServers!.Split(',', StringSplitOptions.TrimEntries).Where(broker => !Broker().IsMatch(broker)))
            yield return $"Kafka:BootstrapServers must be brokers with their ports, such as kafka1.example:9092, kafka2.example:9092, but has '{broker}'";
        if (!KafkaTopics.IsName(options.ClientId) || options.ClientId.Length > 100)
            yield return $"Kafka:ClientId must be up to 100 letters, digits, '.', '_' or '-', but is '{options.ClientId}'";
        if (options.MaxMessageBytes is < LeastMessage or > MostMessage)
            yield return $"Kafka:MaxMessageBytes must be between {LeastMessage} and {MostMessage}, but is {options.MaxMessageBytes}";
    }

    private IEnumerable<string> InTopics(KafkaOptions options)
    {
        if (options.TopicPrefix.Length > 0 && !KafkaTopics.IsName(options.TopicPrefix))
            yield return $"Kafka:TopicPrefix must be letters, digits, '.', '_' or '-', but is '{options.TopicPrefix}'";
        var known = types.Names.ToList();
        foreach (var (key, topic) in options.Topics)
        {
            if (!known.Exists(type => KafkaTopics.Covers(key, type)))
                yield return $"Kafka:Topics:{key}: there is no event type of this name; known are {string.Join(", ", known)}";
            if (!KafkaTopics.IsName(options.TopicPrefix + topic))
                yield return $"Kafka:Topics:{key} must be a topic of at most 249 letters, digits, '.', '_' or '-', but is '{topic}'";
        }
    }

    private static IEnumerable<string> InSecurity(KafkaOptions options)
    {
        var (sasl, tls) = (options.SecurityProtocol is KafkaProtocol.SaslPlaintext or KafkaProtocol.SaslSsl, options.SecurityProtocol is KafkaProtocol.Ssl or KafkaProtocol.SaslSsl);
        if (!sasl && (options.SaslMechanism ?? options.SaslUsername ?? options.SaslPassword) is not null)
            yield return $"Kafka:SecurityProtocol must be SaslSsl (or SaslPlaintext) for a name and a password, but is {options.SecurityProtocol}";
        if (sasl && !Mechanisms.Contains(options.SaslMechanism, StringComparer.Ordinal))
            yield return $"Kafka:SaslMechanism must be one of {string.Join(", ", Mechanisms)}, but is '{options.SaslMechanism}'";
        if (sasl && string.IsNullOrEmpty(options.SaslUsername)) yield return "Kafka:SaslUsername is missing";
        if (sasl && string.IsNullOrEmpty(options.SaslPassword)) yield return "Kafka:SaslPassword is missing";
        if (options is { SecurityProtocol: KafkaProtocol.SaslPlaintext, SaslMechanism: Plain })
            yield return "Kafka:SaslMechanism PLAIN sends the password as it is: it needs Kafka:SecurityProtocol SaslSsl";
        if (options.SslCaLocation is { } file && !tls) yield return $"Kafka:SslCaLocation is for Kafka:SecurityProtocol Ssl or SaslSsl, but that is {options.SecurityProtocol}";
        else if (options.SslCaLocation is { } there && !File.Exists(there)) yield return $"Kafka:SslCaLocation: there is no file {there}";
    }

    [GeneratedRegex(@"^([^\s,:\[\]/]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Broker();
}
