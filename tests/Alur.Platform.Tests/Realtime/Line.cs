using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Alur.Platform.Tests.Realtime;

/// <summary>The client's end of a socket, as any WebSocket library gives it.</summary>
internal sealed class Line(ClientWebSocket wire) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[64 * 1024];

    public ClientWebSocket Wire => wire;

    public Task Say(string frame) => wire.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    public Task Say(object message) => Say(System.Text.Json.JsonSerializer.Serialize(message));

    /// <summary>Subscribes and gives the answer.</summary>
    public async Task<JsonNode> Follow(string topic, long? offset = null, string? epoch = null)
    {
        await Say(offset is null ? new { type = "subscribe", topic } : (object)new { type = "subscribe", topic, offset, epoch });
        return await Next();
    }

    /// <summary>By which the server knows this device; it is in the first frame.</summary>
    public async Task<string?> Greeting()
    {
        var frame = JsonNode.Parse((await Text())!)!;
        Assert.Equal("connection_status", (string?)frame["type"]);
        return (string?)frame["connection_id"];
    }

    /// <summary>The next message of the caller's own, and nothing else before it.</summary>
    public async Task<JsonNode> Message()
    {
        var frame = await Next();
        Assert.Equal("message", (string?)frame["type"]);
        return frame;
    }

    /// <summary>Acknowledges, and waits until that is written.</summary>
    public async Task Acknowledge(params Guid[] ids)
    {
        await Say(new { type = "ack", ids });
        var left = ids.ToHashSet();
        while (left.Count > 0)
        {
            var frame = await Next();
            Assert.Equal("acked", (string?)frame["type"]);
            left.ExceptWith(frame["ids"]!.AsArray().Select(id => Guid.Parse((string)id!)));
        }
    }

    /// <summary>Nothing has been sent that was not read: a pong is the next frame.</summary>
    public async Task IsSilent()
    {
        await Say(new { type = "ping" });
        Assert.Equal("pong", (string?)(await Next())["type"]);
    }

    /// <summary>The next frame that is no sign of life.</summary>
    public async Task<JsonNode> Next()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var frame = JsonNode.Parse(await Text(patience.Token) ?? throw new InvalidOperationException($"closed: {(int?)wire.CloseStatus} {wire.CloseStatusDescription}"))!;
            if ((string)frame["type"]! is not ("heartbeat" or "connection_status")) return frame;
        }
    }

    /// <summary>Reads until the server ends the socket; its code.</summary>
    public async Task<int> Closed()
    {
        while (await Text() is not null) { }
        return (int)wire.CloseStatus!;
    }

    /// <summary>One whole frame; null: the server said goodbye.</summary>
    public async Task<string?> Text()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await Text(patience.Token);
    }

    public void Dispose() => wire.Dispose();

    private async Task<string?> Text(CancellationToken ct)
    {
        var text = new StringBuilder();
        while (true)
        {
            var part = await wire.ReceiveAsync(_buffer, ct);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            text.Append(Encoding.UTF8.GetString(_buffer, 0, part.Count));
            if (part.EndOfMessage) return text.ToString();
        }
    }
}
