using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Alur.Benchmarks.Fanout;

/// <summary>Follows and never reads, as a laptop whose lid was closed while its network stays up.</summary>
internal sealed class StalledClient(ClientWebSocket wire, HttpMessageInvoker http) : IDisposable
{
    public static async Task<StalledClient> Connect(Uri url, CancellationToken ct)
    {
        var wire = new ClientWebSocket();
        var http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = Small });
        await wire.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/ws" }.Uri, http, ct);
        await wire.SendAsync(Encoding.UTF8.GetBytes($$"""{"type":"subscribe","topic":"{{School.Topic}}"}"""), WebSocketMessageType.Text, endOfMessage: true, ct);
        return new StalledClient(wire, http);
    }

    public void Dispose()
    {
        wire.Dispose();
        http.Dispose();
    }

    /// <summary>With little room at its end, so that the server notices soon.</summary>
    private static async ValueTask<Stream> Small(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(context.DnsEndPoint, ct);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
