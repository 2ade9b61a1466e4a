using System.Net.WebSockets;

namespace Alur.Platform.Realtime;

/// <summary>One open socket: hears what the client says, sends what waits for it, ends when either is over.</summary>
internal sealed class Socket(WebSocket wire, SocketCaller caller, Hub hub) : IThreadPoolWorkItem
{
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ABreath = TimeSpan.FromMilliseconds(20);

    private readonly Outbox _outbox = new();
    private readonly Allowance _allowance = new(Environment.TickCount64);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TopicLine> _followed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CloseReason? _closing;
    private long _sendingSince;
    private int _invalid;

    /// <summary>Who is at the other end, as known when it was last looked at.</summary>
    public SocketCaller Caller { get; private set; } = caller;

    /// <summary>What it has of the messages of its caller; null: nobody's device.</summary>
    public DeviceLine? Device { get; init; }

    /// <summary>Nothing more should be sent now.</summary>
    public bool IsBusy => _outbox.IsBusy || Volatile.Read(ref _closing) is not null;

    /// <summary>Topics that it follows.</summary>
    public IReadOnlyList<string> Followed
    {
        get
        {
            lock (_gate) return [.. _followed.Keys];
        }
    }

    /// <summary>Takes the topics of which it has asked who follows them.</summary>
    public IReadOnlyList<string> TakeAsked()
    {
        lock (_gate)
        {
            string[] asked = [.. _asked];
            _asked.Clear();
            return asked;
        }
    }

    /// <summary>Asks who follows a topic; the answer comes as a frame.</summary>
    public void Ask(string topic)
    {
        if (hub.PresenceRefusal(Caller.Principal, topic) is { } refusal)
        {
            Send(Frames.Error(refusal));
            return;
        }

        // Who asks for more at once than anybody can follow waits for the answers first.
        lock (_gate)
        {
            if (_asked.Count < SocketLimits.Topics) _asked.Add(topic);
        }

        hub.Devices.Ask(this);
    }

    /// <summary>Hands over a frame; never waits. A client that does not keep up is closed.</summary>
    public void Send(Frame frame)
    {
        if (Volatile.Read(ref _closing) is not null) return;
        var put = _outbox.Add(frame);
        if (put == Outbox.Put.Begin) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        if (put == Outbox.Put.Full) Close(CloseReason.TooSlow);
    }

    /// <summary>Ends the socket with a reason; the first one counts. A client that does not say goodbye in its turn is left.</summary>
    public void Close(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _closing, reason, null) is not null) return;
        if (_outbox.AddLast(new Frame(default, Last: reason), atOnce: reason == CloseReason.TooSlow)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        _ = Leave();
    }

    /// <summary>Gives up a socket whose frame has not left for too long.</summary>
    /// <param name="now">Milliseconds of <see cref="Environment.TickCount64"/>.</param>
    /// <param name="most">How long a frame may take.</param>
    public void AbortIfStalled(long now, TimeSpan most)
    {
        if (Volatile.Read(ref _sendingSince) is var since and not 0 && now - since > most.TotalMilliseconds) wire.Abort();
    }

    /// <summary>Its caller may do something else now: whoever may not follow any more what it follows is closed.</summary>
    public void Become(SocketCaller present)
    {
        Caller = present;
        lock (_gate)
        {
            if (_followed.Keys.All(topic => hub.Refusal(present.Principal, topic) is null)) return;
        }

        Close(CloseReason.RoleChanged);
    }

    /// <summary>Until the socket is over, whichever side ends it.</summary>
    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Hear(ct);
            Close(CloseReason.Normal);
            await _over.Task;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Gone without a goodbye.
            Interlocked.CompareExchange(ref _closing, CloseReason.Normal, null);
            wire.Abort();
        }
        finally
        {
            lock (_gate)
            {
                foreach (var line in _followed.Values) hub.Unfollow(this, line);
                _followed.Clear();
            }
        }
    }

    /// <summary>Sends until nothing waits; only one at a time is at it.</summary>
    async void IThreadPoolWorkItem.Execute()
    {
        try
        {
            while (_outbox.Next() is { } frame)
            {
                Volatile.Write(ref _sendingSince, Environment.TickCount64);
                if (frame.Last is not { } reason) await wire.SendAsync(frame.Bytes, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                else await wire.CloseOutputAsync(reason.Status, reason.Text, CancellationToken.None);
                Volatile.Write(ref _sendingSince, 0);
                if (frame.Last is not null) _over.TrySetResult();
            }
        }
        catch (Exception)
        {
            // Whatever it was, nobody awaits this, and the reader ends with the wire.
            wire.Abort();
            _over.TrySetResult();
        }
    }

    private async Task Leave()
    {
        await Task.Delay(Goodbye);
        wire.Abort();
        _over.TrySetResult();
    }

    private async Task Hear(CancellationToken ct)
    {
        var reader = new SocketReader(wire);
        while (await reader.Next(ct) is { } heard)
        {
            // What comes after a goodbye is read, so that it can be heard at the other end, and not listened to.
            if (Volatile.Read(ref _closing) is not null) continue;
            if (heard.IsTooLarge) Close(CloseReason.TooLarge);
            else if (!_allowance.Take(Environment.TickCount64)) Close(CloseReason.TooMany);
            else Answer(heard.Message!);
            while ((_outbox.IsBusy || Device is { IsBusy: true }) && Volatile.Read(ref _closing) is null) await Task.Delay(ABreath, ct);
        }
    }

    private void Answer(ClientMessage message)
    {
        switch (message)
        {
            case ClientMessage.Subscribe asked:
                Follow(asked);
                break;
            case ClientMessage.Unsubscribe asked:
                Unfollow(asked.Topic);
                break;
            case ClientMessage.Presence asked:
                Ask(asked.Topic);
                break;
            case ClientMessage.Acknowledge given when Device is not null:
                Device.Acknowledge(given.Ids);
                hub.Devices.Work.Beat();
                break;
            case ClientMessage.Acknowledge:
                Send(Frames.Error(SocketError.NoDevice()));
                break;
            case ClientMessage.Ping:
                Send(Frames.Pong);
                break;
            case ClientMessage.NotUnderstood refused:
                Send(Frames.Error(SocketError.MessageInvalid(refused.Why)));
                if (++_invalid > SocketLimits.InvalidMessages) Close(CloseReason.Invalid);
                break;
        }
    }

    private void Follow(ClientMessage.Subscribe asked)
    {
        lock (_gate)
        {
            if (hub.Refusal(Caller.Principal, asked.Topic) is { } refusal) Send(Frames.Error(refusal));
            else if (_followed.Count >= SocketLimits.Topics && !_followed.ContainsKey(asked.Topic)) Send(Frames.Error(SocketError.TooManyTopics(asked.Topic)));
            else _followed[asked.Topic] = hub.Follow(this, asked);
        }

        Device?.RoomsChanged();
    }

    private void Unfollow(string topic)
    {
        lock (_gate)
        {
            if (_followed.Remove(topic, out var line)) hub.Unfollow(this, line);
        }

        Send(Frames.Unsubscribed(topic));
        Device?.RoomsChanged();
    }
}
