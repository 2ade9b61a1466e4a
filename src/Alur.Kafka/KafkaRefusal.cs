using Alur.Platform.Journal;
using Confluent.Kafka;

namespace Alur.Kafka;

/// <summary>Kafka does not take this, and would not take it later either: a person has to do something.</summary>
internal sealed class KafkaRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What an error of Kafka means for the relay: a refusal stops it, everything else is waited for.</summary>
internal static class KafkaRefusal
{
    public static Exception Of(Error error, string brokers, string? lastWords, Exception? inner) => Refused(error.Code) is { } toDo
        ? new KafkaRefusedException($"{Sentence(error.Reason)} {toDo}", inner)
        : new RelayWaitsException(Away(error, brokers, lastWords), inner);

    private static string? Refused(ErrorCode code) => code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidMsgSize =>
            "The message is too large. Raise Kafka:MaxMessageBytes, and max.message.bytes of the topic, and resume.",
        ErrorCode.TopicAuthorizationFailed => "Grant this user the right to write and describe the topic at the brokers, and resume.",
        ErrorCode.TransactionalIdAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
            "Grant this user the rights to write and describe the transactional ids that begin with Kafka:ClientId, and resume.",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition => "Make the topic, or let the brokers make topics, and resume.",
        ErrorCode.TopicException => "The brokers do not take this name of a topic. Choose another one in Kafka:Topics, and resume.",
        ErrorCode.PolicyViolation or ErrorCode.InvalidRecord or ErrorCode.InvalidMsg or ErrorCode.InvalidTimestamp or ErrorCode.UnsupportedForMessageFormat =>
            "The topic's own settings refuse the message. Change them, and resume.",
        ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature => "The brokers are too old: Kafka 0.11 or newer is needed.",
        _ => null,
    };

    private static string Away(Error error, string brokers, string? lastWords) => error.Code switch
    {
        ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch or ErrorCode.Local_Fenced =>
            "Another node has taken over, or a copy of this installation tells the same brokers. It is tried again.",
        _ => $"Kafka at {brokers} does not take anything at the moment: {Sentence(lastWords ?? error.Reason)}",
    };

    private static string Sentence(string reason) => reason.TrimEnd('.', ' ') + ".";
}
