namespace Alur.Platform.Realtime;

/// <summary>
/// One topic on this node: who follows it, and what was told last. Following, recovering and telling take turns, so a follower gets what it missed and what
/// comes, nothing twice and nothing left out.
/// </summary>
/// <param name="name">Whole name of the topic.</param>
/// <param name="begun">Everything after this offset is told here.</param>
internal sealed class TopicLine(string name, long begun)
{
    /// <summary>Frames that are kept for those who come back.</summary>
    private const int KeptFrames = 512;
    private const int KeptBytes = 512 * 1024;

    private readonly Lock _turn = new();
    private readonly HashSet<Socket> _followers = [];
    private readonly Queue<(long Offset, Frame Frame)> _told = new();

    // Followers who come from a node that was quicker to read the journal, until this one is where they are.
    private readonly Dictionary<Socket, long> _ahead = [];
    private long _completeAfter = begun;
    private int _bytes;

    /// <summary>Whole name of the topic.</summary>
    public string Name => name;

    /// <summary>Offsets mean something else from now on: what was told is forgotten.</summary>
    public void BeginAgain(long after)
    {
        lock (_turn)
        {
            Forget();
            _ahead.Clear();
            _completeAfter = after;
        }
    }

    /// <summary>Followers are told to look for themselves, and from where on they hear what is new.</summary>
    public void Reopen(long reached, string epoch)
    {
        lock (_turn)
        {
            foreach (var socket in _followers) socket.Send(Frames.Subscribed(name, reached, epoch, recovered: false));
        }
    }

    /// <summary>Adds a follower and hands it the answer and whatever it missed.</summary>
    /// <param name="socket">Who.</param>
    /// <param name="seen">The last that it has seen of this journal; null: nothing, or of another.</param>
    /// <param name="asks">Whether it asked for what it missed.</param>
    /// <param name="reached">Up to where this node has told the journal.</param>
    /// <param name="epoch">Of the journal.</param>
    public void Add(Socket socket, long? seen, bool asks, long reached, string epoch)
    {
        lock (_turn)
        {
            var recovered = seen >= _completeAfter;
            socket.Send(Frames.Subscribed(name, recovered ? seen!.Value : reached, epoch, asks ? recovered : null));
            foreach (var (offset, frame) in recovered ? _told : [])
            {
                if (offset > seen) socket.Send(frame);
            }

            _followers.Add(socket);
            if (recovered && seen > reached) _ahead[socket] = seen!.Value;
            else _ahead.Remove(socket);
        }
    }

    /// <summary>Takes a follower away.</summary>
    /// <returns>Nobody is left, and nothing was told.</returns>
    public bool Remove(Socket socket)
    {
        lock (_turn)
        {
            _followers.Remove(socket);
            _ahead.Remove(socket);
            return _followers.Count == 0 && _told.Count == 0;
        }
    }

    /// <summary>Tells every follower, and keeps it for those who come back.</summary>
    /// <param name="offset">Its place in the journal.</param>
    /// <param name="frame">What is told.</param>
    /// <param name="isNew">False: it was there before; it is kept only.</param>
    public void Tell(long offset, Frame frame, bool isNew = true)
    {
        lock (_turn)
        {
            if (frame.Hint is not null) Forget();
            _told.Enqueue((offset, frame));
            _bytes += frame.Bytes.Length;
            while (_told.Count > KeptFrames || _bytes > KeptBytes)
            {
                var (oldest, gone) = _told.Dequeue();
                (_completeAfter, _bytes) = (oldest, _bytes - gone.Bytes.Length);
            }

            foreach (var socket in isNew ? _followers : [])
            {
                if (_ahead.Count == 0 || !HasSeen(socket, offset)) socket.Send(frame);
            }
        }
    }

    private bool HasSeen(Socket socket, long offset)
    {
        if (!_ahead.TryGetValue(socket, out var seen)) return false;
        if (offset >= seen) _ahead.Remove(socket);
        return offset <= seen;
    }

    private void Forget()
    {
        _told.Clear();
        _bytes = 0;
    }
}
