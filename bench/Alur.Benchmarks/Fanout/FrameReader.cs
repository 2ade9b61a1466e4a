namespace Alur.Benchmarks.Fanout;

/// <summary>What a server's frame was, as far as the clients care.</summary>
internal enum Heard
{
    /// <summary>Not whole yet, or nothing that matters.</summary>
    Nothing,
    Subscribed,
    Broadcast,
    Ping,
    Close,
}

/// <summary>Takes a server's side of RFC 6455 apart, byte by byte where it must, without keeping what it reads.</summary>
internal sealed class FrameReader
{
    /// <summary>Where the types of the dialect differ: <c>{"type":"b…</c></summary>
    private const int TellingByte = 9;

    private readonly byte[] _head = new byte[10];
    private readonly byte[] _start = new byte[125];
    private int _headLength;
    private long _length;
    private long _read = -1;

    /// <summary>Of a ping: what the pong must say.</summary>
    public ReadOnlySpan<byte> Payload => _start.AsSpan(0, (int)Math.Min(_length, _start.Length));

    /// <summary>Reads on; stops after each frame.</summary>
    /// <returns>What ended here, and how much was read.</returns>
    public (Heard What, int Read) Next(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (_read < 0)
        {
            if (at == bytes.Length) return (Heard.Nothing, at);
            _head[_headLength++] = bytes[at++];
            if (_headLength == HeadNeeded()) (_length, _read) = (PayloadLength(), 0);
        }

        var take = (int)Math.Min(bytes.Length - at, _length - _read);
        var keep = (int)Math.Clamp(_start.Length - _read, 0, take);
        bytes.Slice(at, keep).CopyTo(_start.AsSpan((int)Math.Min(_read, _start.Length)));
        (_read, at) = (_read + take, at + take);
        if (_read < _length) return (Heard.Nothing, at);
        (_read, _headLength) = (-1, 0);
        return (Kind(), at);
    }

    private int HeadNeeded() => _headLength < 2 ? 2 : (_head[1] & 0x7f) switch { 126 => 4, 127 => 10, _ => 2 };

    private long PayloadLength()
    {
        var length = 0L;
        for (var i = 2; i < _headLength; i++) length = (length << 8) | _head[i];
        return _headLength == 2 ? _head[1] & 0x7f : length;
    }

    private Heard Kind() => (_head[0] & 0x0f) switch
    {
        1 when _length > TellingByte => _start[TellingByte] switch { (byte)'b' => Heard.Broadcast, (byte)'s' => Heard.Subscribed, _ => Heard.Nothing },
        8 => Heard.Close,
        9 => Heard.Ping,
        _ => Heard.Nothing,
    };
}
