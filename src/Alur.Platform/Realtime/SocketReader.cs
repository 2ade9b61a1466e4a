using System.Buffers;
using System.Net.WebSockets;

namespace Alur.Platform.Realtime;

/// <summary>Messages of one socket, whole; between them no memory is held, because most sockets say nothing for hours.</summary>
internal sealed class SocketReader(WebSocket wire)
{
    private static readonly ClientMessage Empty = new ClientMessage.NotUnderstood("A frame holds one JSON object.");
    private static readonly ClientMessage Binary = new ClientMessage.NotUnderstood("Frames are text.");

    /// <summary>The next one; null: the client said goodbye.</summary>
    /// <exception cref="WebSocketException">It went without.</exception>
    public async Task<Heard?> Next(CancellationToken ct)
    {
        var begun = await wire.ReceiveAsync(Memory<byte>.Empty, ct);
        if (begun.MessageType == WebSocketMessageType.Close) return null;
        if (begun.EndOfMessage) return new Heard(Empty);
        var buffer = ArrayPool<byte>.Shared.Rent(SocketLimits.MessageBytes + 1);
        try
        {
            return await Rest(buffer, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<Heard?> Rest(byte[] buffer, CancellationToken ct)
    {
        var length = 0;
        for (var parts = 0; parts < SocketLimits.Fragments; parts++)
        {
            var part = await wire.ReceiveAsync(buffer.AsMemory(length, SocketLimits.MessageBytes + 1 - length), ct);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (length > SocketLimits.MessageBytes) return new Heard(Message: null);
            if (part.EndOfMessage) return new Heard(part.MessageType == WebSocketMessageType.Text ? ClientMessage.Read(buffer.AsSpan(0, length)) : Binary);
        }

        return new Heard(Message: null);
    }

    /// <summary>What was heard; no message: it is too large or comes in too many parts, and its rest comes next.</summary>
    internal readonly record struct Heard(ClientMessage? Message)
    {
        public bool IsTooLarge => Message is null;
    }
}
