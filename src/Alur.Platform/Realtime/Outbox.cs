namespace Alur.Platform.Realtime;

/// <summary>Frames that wait to leave by one socket: bounded, and what can be lost goes first.</summary>
internal sealed class Outbox
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Frame> _waiting = [];
    // Most sockets have one frame waiting for a moment, thousands of them at once: its place is kept, so that a broadcast makes no garbage.
    private LinkedListNode<Frame>? _spare;
    private int _bytes;
    private bool _leaving;

    /// <summary>What became of a frame.</summary>
    public enum Put
    {
        /// <summary>Somebody is at work and will come to it.</summary>
        Waits,

        /// <summary>It waits, and whoever put it must begin to send.</summary>
        Begin,

        /// <summary>It was left out; there will be others like it.</summary>
        Dropped,

        /// <summary>There is no room, and nothing can be left out for it.</summary>
        Full,
    }

    /// <summary>So much waits that the client should read before it asks for more.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate) return _waiting.Count > SocketLimits.WaitingFrames / 4 || _bytes > SocketLimits.WaitingBytes / 4;
        }
    }

    /// <summary>Adds one.</summary>
    public Put Add(Frame frame)
    {
        lock (_gate)
        {
            if (frame.Hint is not null && _waiting.Last is { } last && last.Value.Hint == frame.Hint)
            {
                _bytes += frame.Bytes.Length - last.Value.Bytes.Length;
                last.Value = frame;
                return Put.Waits;
            }

            if (_waiting.Count >= SocketLimits.WaitingFrames || _bytes + frame.Bytes.Length > SocketLimits.WaitingBytes)
            {
                if (frame.CanBeLost) return Put.Dropped;
                if (!MakeRoom(frame.Bytes.Length)) return Put.Full;
            }

            Append(frame);
            _bytes += frame.Bytes.Length;
            if (_leaving) return Put.Waits;
            _leaving = true;
            return Put.Begin;
        }
    }

    /// <summary>The next one; null: nothing waits, and whoever adds something begins anew.</summary>
    public Frame? Next()
    {
        lock (_gate)
        {
            if (_waiting.First is not { } first)
            {
                _leaving = false;
                return null;
            }

            var frame = first.Value;
            _waiting.RemoveFirst();
            _bytes -= frame.Bytes.Length;
            (_spare, first.ValueRef) = (first, null!);
            return frame;
        }
    }

    /// <summary>Adds the last one, for which there is always room.</summary>
    /// <param name="goodbye">What ends the socket.</param>
    /// <param name="atOnce">Without what waits before it.</param>
    /// <returns>Whoever put it must begin to send.</returns>
    public bool AddLast(Frame goodbye, bool atOnce)
    {
        lock (_gate)
        {
            if (atOnce) _waiting.Clear();
            _waiting.AddLast(goodbye);
            var begins = !_leaving;
            _leaving = true;
            return begins;
        }
    }

    private void Append(Frame frame)
    {
        if (_spare is not { } place)
        {
            _waiting.AddLast(frame);
            return;
        }

        (_spare, place.Value) = (null, frame);
        _waiting.AddLast(place);
    }

    private bool MakeRoom(int bytes)
    {
        for (var node = _waiting.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.CanBeLost)
            {
                _waiting.Remove(node);
                _bytes -= node.Value.Bytes.Length;
            }

            node = next;
        }

        return _waiting.Count < SocketLimits.WaitingFrames && _bytes + bytes <= SocketLimits.WaitingBytes;
    }
}
