using System.Buffers;
using System.Text.Json;
using Alur.Platform.Web;

namespace Alur.Platform.Realtime;

/// <summary>A text frame as it leaves; the same bytes go to everybody.</summary>
/// <param name="Bytes">UTF-8 JSON.</param>
/// <param name="CanBeLost">Left out first for a client that does not keep up.</param>
/// <param name="Hint">A topic whose waiting frame it takes the place of; null: it is told whatever waits.</param>
/// <param name="Last">The socket ends with it, for this reason, and <paramref name="Bytes"/> is empty.</param>
internal sealed record Frame(ReadOnlyMemory<byte> Bytes, bool CanBeLost = false, string? Hint = null, CloseReason? Last = null);

/// <summary>What the server says, in the dialect of <c>/ws</c>.</summary>
internal static class Frames
{
    public static Frame Pong { get; } = Write("pong", _ => { });

    public static Frame Connected(string? connectionId, string epoch, int heartbeatSeconds) => Write("connection_status", json =>
    {
        json.WriteString("status", "connected");
        json.WriteString("connection_id", connectionId);
        json.WriteString("epoch", epoch);
        json.WriteNumber("heartbeat_seconds", heartbeatSeconds);
    });

    public static Frame Heartbeat(DateTimeOffset at) => Write("heartbeat", json => json.WriteTime("at", at)) with { CanBeLost = true };

    public static Frame Subscribed(string topic, long offset, string epoch, bool? recovered) => Write("subscribed", json =>
    {
        json.WriteString("topic", topic);
        json.WriteNumber("offset", offset);
        json.WriteString("epoch", epoch);
        if (recovered is { } all) json.WriteBoolean("recovered", all);
    });

    public static Frame Unsubscribed(string topic) => Write("unsubscribed", json => json.WriteString("topic", topic));

    public static Frame Broadcast(TopicEvent told, long offset, string epoch, DateTimeOffset at) => Write("broadcast", json =>
    {
        json.WriteString("topic", told.Topic);
        json.WriteString("event", told.Event);
        json.WritePropertyName("data");
        json.WriteRawValue(told.Data);
        json.WriteNumber("offset", offset);
        json.WriteString("epoch", epoch);
        json.WriteTime("at", at);
    });

    public static Frame Message(WaitingMessage message) => Write("message", json =>
    {
        json.WriteString("id", message.Id);
        json.WriteString("event_type", message.EventType);
        json.WriteNumber("priority", message.Priority);
        json.WritePropertyName("payload");
        json.WriteRawValue(message.Payload);
        json.WriteTime("created_at", message.CreatedAt);
    });

    public static Frame Acknowledged(IEnumerable<Guid> ids) => Write("acked", json =>
    {
        json.WriteStartArray("ids");
        foreach (var id in ids) json.WriteStringValue(id);
        json.WriteEndArray();
    });

    public static Frame Presence(string topic, int count, IEnumerable<PresentUser>? who) => Write("presence", json =>
    {
        json.WriteString("topic", topic);
        json.WriteNumber("count", count);
        if (who is null) return;
        json.WriteStartArray("users");
        foreach (var user in who)
        {
            json.WriteStartObject();
            json.WriteString("id", user.Id);
            json.WriteString("name", user.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static Frame Error(SocketError error) => Write("error", json =>
    {
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        if (error.Topic is not null) json.WriteString("topic", error.Topic);
    });

    private static Frame Write(string type, Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            rest(json);
            json.WriteEndObject();
        }

        return new Frame(buffer.WrittenMemory.ToArray());
    }
}
