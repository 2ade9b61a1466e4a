using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Alur.Benchmarks.Fanout;

/// <summary>
/// The floor: one thread that writes the same bytes to one socket after the other. It speaks just enough for the clients to take it for a server, hears nothing, checks
/// nothing, keeps nothing, and would hang for ever at a client that does not read. Each line on its standard input goes to everybody.
/// </summary>
internal static class FloorServer
{
    private static readonly byte[] Welcome = [.. "HTTP/1.1 101 Switching Protocols\r\n\r\n"u8, .. Framed("""{"type":"subscribed"}""")];

    public static async Task<int> Run(CancellationToken ct)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Console.WriteLine($"http://{listener.LocalEndPoint}");
        List<Socket> clients = [];
        var accepting = Accept(listener, clients, ct);
        while (await Console.In.ReadLineAsync(ct) is { } line)
        {
            var frame = Framed(line);
            lock (clients)
            {
                clients.RemoveAll(client => !Told(client, frame));
            }
        }

        listener.Close();
        await accepting;
        return 0;
    }

    private static bool Told(Socket client, byte[] frame)
    {
        try
        {
            client.Send(frame);
            return true;
        }
        catch (SocketException)
        {
            client.Dispose();
            return false;
        }
    }

    private static async Task Accept(Socket listener, List<Socket> clients, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(ct);
                client.NoDelay = true;
                client.Send(Welcome);
                lock (clients) clients.Add(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>A text frame of RFC 6455 as servers send it, up to 64 KiB.</summary>
    private static byte[] Framed(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length < 126 ? [0x81, (byte)bytes.Length, .. bytes] : [0x81, 126, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }
}
