using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Alur.Fuzzing.Api;

/// <summary>What came back over the wire.</summary>
/// <param name="Status">HTTP status; 0 when the connection was closed without an answer.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">The body as text.</param>
internal sealed record RawAnswer(int Status, string ContentType, string Body)
{
    /// <summary>The <c>code</c> of a problem; empty when it is none.</summary>
    public string Code()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.GetProperty("code").GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }
    }
}

/// <summary>Speaks HTTP/1.1 byte by byte, so that no client library repairs what a case is about. One connection, made anew when the server closes it.</summary>
internal sealed class RawClient(Uri server) : IDisposable
{
    private const int Patience = 20_000;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;
    private int _have;

    /// <summary>Sends a request whose head ends properly and whose body is as long as it says.</summary>
    public RawAnswer Send(string head, byte[] body)
    {
        for (var again = _socket is not null; ; again = false)
        {
            var socket = _socket ??= Connect();
            try
            {
                Write(socket, head, body);
                if (Read(socket, untilClosed: false) is { Status: > 0 } answer)
                {
                    return answer;
                }
            }
            catch (SocketException e) when (again && e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
            {
                // Closed after the answer before.
            }

            Dispose();
            if (!again)
            {
                return new RawAnswer(0, "", "");
            }
        }
    }

    /// <summary>Sends whatever it is on a connection of its own and says at once that nothing more comes.</summary>
    public RawAnswer SendLast(string head, byte[] body)
    {
        Dispose();
        using var socket = _socket = Connect();
        try
        {
            Write(socket, head, body);
            socket.Shutdown(SocketShutdown.Send);
            return Read(socket, untilClosed: true);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            return new RawAnswer(0, "", "");
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        (_socket, _have) = (null, 0);
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = Patience, SendTimeout = Patience };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Port));
        return socket;
    }

    private static void Write(Socket socket, string head, byte[] body)
    {
        byte[] request = [.. Encoding.Latin1.GetBytes(head), .. body];
        for (var sent = 0; sent < request.Length;)
        {
            sent += socket.Send(request.AsSpan(sent));
        }
    }

    private RawAnswer Read(Socket socket, bool untilClosed)
    {
        var answer = new MemoryStream();
        while (true)
        {
            if (Complete(answer, out var complete) && !untilClosed)
            {
                return complete!;
            }

            _have = socket.Receive(_buffer);
            if (_have == 0)
            {
                return complete ?? new RawAnswer(0, "", "");
            }

            answer.Write(_buffer, 0, _have);
        }
    }

    private static bool Complete(MemoryStream answer, out RawAnswer? complete)
    {
        complete = null;
        var text = Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
        while (text.StartsWith("HTTP/1.1 1", StringComparison.Ordinal) && text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var interim)
        {
            text = text[(interim + 4)..];
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var head = text[..end].Split("\r\n");
        var body = text[(end + 4)..];
        string Header(string name) => head.FirstOrDefault(h => h.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";
        if (string.Equals(Header("Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase))
        {
            if (!body.EndsWith("0\r\n\r\n", StringComparison.Ordinal))
            {
                return false;
            }

            body = Unchunk(body);
        }
        else if (int.TryParse(Header("Content-Length"), CultureInfo.InvariantCulture, out var length) && Encoding.UTF8.GetByteCount(body) < length)
        {
            return false;
        }

        complete = new RawAnswer(int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), Header("Content-Type"), body);
        return true;
    }

    // Sizes count bytes, so it is taken apart as bytes.
    private static string Unchunk(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body).AsSpan();
        var whole = new MemoryStream();
        while (bytes.IndexOf("\r\n"u8) is > 0 and var line)
        {
            var size = int.Parse(Encoding.ASCII.GetString(bytes[..line]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                break;
            }

            whole.Write(bytes.Slice(line + 2, size));
            bytes = bytes[(line + 2 + size + 2)..];
        }

        return Encoding.UTF8.GetString(whole.ToArray());
    }
}
