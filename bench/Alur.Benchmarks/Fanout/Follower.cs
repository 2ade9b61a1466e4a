using System.Net.Sockets;
using System.Text;

namespace Alur.Benchmarks.Fanout;

/// <summary>
/// One client as cheap as can be, so that what is measured is the server: a socket that asks for the upgrade by hand, follows the topic, answers pings and says when it
/// heard a broadcast.
/// </summary>
internal sealed class Follower : IDisposable
{
    private static readonly byte[] Mask = [0, 0, 0, 0]; // a mask of zeros leaves the text as it is
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] Subscribe = Masked(0x81, Encoding.UTF8.GetBytes($$"""{"type":"subscribe","topic":"{{School.Topic}}"}"""));

    private readonly Socket _wire = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _reading = new();
    private readonly FrameReader _frames = new();
    private readonly TaskCompletionSource _follows = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _heardBroadcast;
    private int _matched;

    public Follower(Action heardBroadcast)
    {
        _heardBroadcast = heardBroadcast;
        _reading.SetBuffer(new byte[2048]);
        _reading.Completed += (_, _) => Read();
    }

    /// <summary>Until the server has said that it follows.</summary>
    public async Task Connect(Uri url, CancellationToken ct)
    {
        await _wire.ConnectAsync(url.Host, url.Port, ct);
        var upgrade = $"GET /ws HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await _wire.SendAsync(Encoding.ASCII.GetBytes(upgrade), ct);
        if (!_wire.ReceiveAsync(_reading)) Read();
        await _follows.Task.WaitAsync(TimeSpan.FromSeconds(60), ct);
    }

    /// <summary>Gone without a goodbye, as a phone that leaves the network.</summary>
    public void Drop()
    {
        _wire.LingerState = new LingerOption(enable: true, seconds: 0);
        Dispose();
    }

    public void Dispose()
    {
        _wire.Dispose();
        _reading.Dispose();
    }

    private void Read()
    {
        try
        {
            do
            {
                if (_reading.SocketError != SocketError.Success || _reading.BytesTransferred == 0)
                {
                    _follows.TrySetException(new InvalidOperationException("The server let go of a socket."));
                    return;
                }

                Take(_reading.MemoryBuffer.Span[.._reading.BytesTransferred]);
            }
            while (!_wire.ReceiveAsync(_reading));
        }
        catch (ObjectDisposedException)
        {
            // Dropped.
        }
        catch (InvalidOperationException e)
        {
            _follows.TrySetException(e);
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (_matched < EndOfHead.Length) bytes = AfterHead(bytes);
        while (bytes.Length > 0)
        {
            var (what, read) = _frames.Next(bytes);
            bytes = bytes[read..];
            if (what == Heard.Broadcast) _heardBroadcast();
            if (what == Heard.Subscribed) _follows.TrySetResult();
            if (what == Heard.Ping) _wire.Send(Masked(0x8a, _frames.Payload));
            if (what == Heard.Close) throw new InvalidOperationException("The server closed a socket.");
        }
    }

    private ReadOnlySpan<byte> AfterHead(ReadOnlySpan<byte> bytes)
    {
        if (_matched == 0 && bytes.Length > 12 && !bytes.StartsWith("HTTP/1.1 101"u8)) throw new InvalidOperationException("No upgrade: " + Encoding.ASCII.GetString(bytes[..Math.Min(bytes.Length, 200)]));
        for (var i = 0; i < bytes.Length; i++)
        {
            _matched = bytes[i] == EndOfHead[_matched] ? _matched + 1 : bytes[i] == EndOfHead[0] ? 1 : 0;
            if (_matched < EndOfHead.Length) continue;
            _wire.Send(Subscribe);
            return bytes[(i + 1)..];
        }

        return [];
    }

    private static byte[] Masked(byte opcode, ReadOnlySpan<byte> payload) => [opcode, (byte)(0x80 | payload.Length), .. Mask, .. payload];
}
