using System.Text.Json;
using Alur.Platform.Delivery;

namespace Alur.Platform.Realtime;

/// <summary>What a client says, in the dialect of <c>/ws</c>. Fields that a message does not have are left alone, so that older servers understand newer clients.</summary>
internal abstract record ClientMessage
{
    private ClientMessage()
    {
    }

    /// <summary>Reads one text frame.</summary>
    public static ClientMessage Read(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame, new JsonReaderOptions { MaxDepth = 8 });
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.Read()) return new NotUnderstood("A frame holds one JSON object.");
            return document.RootElement.ValueKind == JsonValueKind.Object ? Of(document.RootElement) : new NotUnderstood("A frame holds one JSON object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new NotUnderstood("This is not JSON.");
        }
    }

    private static ClientMessage Of(JsonElement message) => Text(message, "type") switch
    {
        "subscribe" => TopicOf(message) is { } topic ? Subscribe.Of(topic, message) : NoTopic(),
        "unsubscribe" => TopicOf(message) is { } topic ? new Unsubscribe(topic) : NoTopic(),
        "presence" => TopicOf(message) is { } topic ? new Presence(topic) : NoTopic(),
        "ack" => Acknowledge.Given(message),
        "ping" => new Ping(),
        null => new NotUnderstood("A message has a type: subscribe, unsubscribe, presence, ack or ping."),
        _ => new NotUnderstood("There is no such type of message. There are subscribe, unsubscribe, presence, ack and ping."),
    };

    private static NotUnderstood NoTopic() => new($"topic is a text of 1 to {SocketLimits.TopicLength} characters.");

    private static string? TopicOf(JsonElement message) => Text(message, "topic") is { Length: > 0 and <= SocketLimits.TopicLength } topic && StorableText.Plain(topic) == topic ? topic : null;

    private static string? Text(JsonElement message, string name) => message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Follow a topic; with what was seen last, what was missed since comes first.</summary>
    public sealed record Subscribe(string Topic, long? Offset, string? Epoch) : ClientMessage
    {
        internal static ClientMessage Of(string topic, JsonElement message)
        {
            if (!message.TryGetProperty("offset", out var given) || given.ValueKind == JsonValueKind.Null) return new Subscribe(topic, null, null);
            return given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var offset) && offset >= 0 && Text(message, "epoch") is { } epoch
                ? new Subscribe(topic, offset, epoch)
                : new NotUnderstood("offset is the number and epoch the text of the last broadcast that you have seen.");
        }
    }

    /// <summary>Follow it no more.</summary>
    public sealed record Unsubscribe(string Topic) : ClientMessage;

    /// <summary>Say who follows it.</summary>
    public sealed record Presence(string Topic) : ClientMessage;

    /// <summary>These messages have arrived.</summary>
    public sealed record Acknowledge(IReadOnlyList<Guid> Ids) : ClientMessage
    {
        internal static ClientMessage Given(JsonElement message)
        {
            var refused = new NotUnderstood($"ids is a list of 1 to {DeviceLimits.Acknowledged} ids of messages.");
            if (!message.TryGetProperty("ids", out var given) || given.ValueKind != JsonValueKind.Array || given.GetArrayLength() is 0 or > DeviceLimits.Acknowledged) return refused;
            var ids = new List<Guid>(given.GetArrayLength());
            foreach (var element in given.EnumerateArray())
            {
                if (element.ValueKind != JsonValueKind.String || !element.TryGetGuid(out var id)) return refused;
                ids.Add(id);
            }

            return new Acknowledge(ids);
        }
    }

    /// <summary>Say that you are there.</summary>
    public sealed record Ping : ClientMessage;

    /// <summary>Nothing of these.</summary>
    public sealed record NotUnderstood(string Why) : ClientMessage;
}
