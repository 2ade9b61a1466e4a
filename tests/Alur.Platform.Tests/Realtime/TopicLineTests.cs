using System.Net.WebSockets;
using System.Runtime.InteropServices;
using Alur.Platform.Realtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alur.Platform.Tests.Realtime;

public sealed class TopicLineTests
{
    private const string Epoch = "0011";

    [Fact]
    [Trait("Spec", "D-352")]
    public void What_a_topic_is_told_is_written_once_and_handed_to_its_followers_alone()
    {
        var (desk, hall) = (new TopicLine("desk", begun: 0), new TopicLine("hall", begun: 0));
        var (atDesk, inHall) = (Enumerable.Range(0, 50).Select(_ => new Wire()).ToList(), new Wire());
        atDesk.ForEach(wire => Follow(desk, wire));
        Follow(hall, inHall);

        var told = new Frame("{\"type\":\"broadcast\"}"u8.ToArray());
        desk.Tell(1, told);

        Assert.True(MemoryMarshal.TryGetArray(told.Bytes, out var written));
        Assert.True(SpinWait.SpinUntil(() => atDesk.TrueForAll(wire => wire.Sent == 2), TimeSpan.FromSeconds(30)));
        Assert.All(atDesk, wire => Assert.Same(written.Array, wire.Last.Array));
        Assert.Equal(1, inHall.Sent);
    }

    private static void Follow(TopicLine line, Wire wire) =>
        line.Add(new Socket(wire, SocketCaller.Nobody, new Hub([], NullLogger<Hub>.Instance)), seen: null, asks: false, reached: 0, Epoch);

    /// <summary>The end of a socket at which somebody notes what leaves.</summary>
    private sealed class Wire : WebSocket
    {
        private int _sent;

        public int Sent => Volatile.Read(ref _sent);

        public ArraySegment<byte> Last { get; private set; }

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            Last = buffer;
            Interlocked.Increment(ref _sent);
            return Task.CompletedTask;
        }

        public override void Abort()
        {
        }

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override void Dispose()
        {
        }
    }
}
