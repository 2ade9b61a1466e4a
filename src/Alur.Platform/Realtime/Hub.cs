using System.Collections.Concurrent;
using System.Security.Claims;
using Alur.Platform.Journal;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Realtime;

/// <summary>The sockets of this node and the topics that they follow.</summary>
internal sealed partial class Hub(IEnumerable<Topic> topics, ILogger<Hub> log)
{
    private readonly Topic[] _topics = [.. topics];
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly Dictionary<string, TopicLine> _lines = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private CloseReason? _ending;
    private long _begun;
    private long _reached;

    /// <summary>Names the journal that offsets are of; null: none has been read yet.</summary>
    public string? Epoch { get; private set; }

    /// <summary>What was committed before the start has been told: whoever comes now hears only what is new, and what it missed.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Everybody has been said goodbye, and so is whoever still comes.</summary>
    public bool IsEnding => Volatile.Read(ref _ending) is not null;

    /// <summary>Event types that any topic is made of.</summary>
    public IReadOnlyCollection<string> Types { get; } = [.. topics.SelectMany(topic => topic.Types).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Devices whose sockets are here.</summary>
    public Devices Devices { get; } = new();

    /// <summary>Open sockets.</summary>
    public int Count => _sockets.Count;

    /// <summary>Of callers with an account.</summary>
    public IReadOnlyList<Socket> Known => [.. _sockets.Keys.Where(socket => socket.Caller.User is not null)];

    /// <summary>
    /// The journal is read from here on. If it is another one than before, nothing that was told counts any more; what was in it before is caught up with, and then everybody is
    /// told so.
    /// </summary>
    public void Begin(long after, string epoch)
    {
        lock (_gate)
        {
            if (Epoch == epoch) return;
            (Epoch, _begun, _reached, IsOpen) = (epoch, after, after, false);
            foreach (var line in _lines.Values) line.BeginAgain(after);
        }
    }

    /// <summary>Takes sockets from now on; what is told is new.</summary>
    public void Open()
    {
        lock (_gate)
        {
            IsOpen = true;
            foreach (var line in _lines.Values) line.Reopen(_reached, Epoch!);
        }
    }

    /// <summary>Tells whoever follows what an entry is part of.</summary>
    public void Tell(JournalEntry entry)
    {
        foreach (var topic in _topics.Where(topic => topic.Types.Contains(entry.Type)))
        {
            if (FrameOf(topic, entry) is not (var name, { } frame)) continue;
            lock (_gate) Line(name).Tell(entry.Position, frame, isNew: IsOpen);
        }

        // Only now: a follower that comes before is told that it has seen less, never more.
        Volatile.Write(ref _reached, entry.Position);
    }

    /// <summary>Why somebody cannot follow a topic; null: they can.</summary>
    public SocketError? Refusal(ClaimsPrincipal caller, string topic) =>
        Find(topic) is not { } found ? SocketError.TopicUnknown(topic)
        : found.May is not null && !found.May(caller, topic) ? SocketError.TopicForbidden(topic)
        : found.Has(topic) ? null
        : SocketError.TopicUnknown(topic);

    /// <summary>Why somebody cannot ask who is there; null: they can.</summary>
    public SocketError? PresenceRefusal(ClaimsPrincipal caller, string topic) =>
        Refusal(caller, topic) ?? (Find(topic)!.TellsPresence ? null : SocketError.PresenceUnknown(topic));

    /// <summary>Whether somebody who can ask is also told who they are.</summary>
    public bool MaySeeWho(ClaimsPrincipal caller, string topic) => Find(topic) is { May: not null, MaySeeWho: { } may } && may(caller, topic);

    /// <summary>Adds a follower of a topic that it may follow.</summary>
    public TopicLine Follow(Socket socket, ClientMessage.Subscribe asked)
    {
        lock (_gate)
        {
            var line = Line(asked.Topic);
            line.Add(socket, asked.Epoch == Epoch ? asked.Offset : null, asked.Offset is not null, Volatile.Read(ref _reached), Epoch!);
            return line;
        }
    }

    /// <summary>Takes a follower away; a topic that nobody follows and that nothing was told of is forgotten.</summary>
    public void Unfollow(Socket socket, TopicLine line)
    {
        lock (_gate)
        {
            if (line.Remove(socket)) _lines.Remove(line.Name);
        }
    }

    /// <summary>Holds a socket until it is over.</summary>
    public async Task Hold(Socket socket, CancellationToken ct)
    {
        _sockets.TryAdd(socket, 0);
        if (socket.Device is not null) Devices.Add(socket);
        if (Volatile.Read(ref _ending) is { } reason) socket.Close(reason); // it was being opened when the others were closed
        try
        {
            await socket.Run(ct);
        }
        finally
        {
            _sockets.TryRemove(socket, out _);
            if (socket.Device is not null) Devices.Remove(socket);
        }
    }

    /// <summary>The same frame to every socket.</summary>
    public void SendAll(Frame frame)
    {
        foreach (var socket in _sockets.Keys) socket.Send(frame);
    }

    /// <summary>Gives up sockets whose frames do not leave.</summary>
    public void AbortStalled(TimeSpan most)
    {
        var now = Environment.TickCount64;
        foreach (var socket in _sockets.Keys) socket.AbortIfStalled(now, most);
    }

    /// <summary>Says goodbye to everybody, for good: also to those whose sockets are being opened.</summary>
    public void End(CloseReason reason)
    {
        Interlocked.Exchange(ref _ending, reason);
        foreach (var socket in _sockets.Keys) socket.Close(reason);
    }

    // A topic that fails at an entry must not keep the other topics, or itself, from what comes after it.
    private (string Topic, Frame? Frame) FrameOf(Topic topic, JournalEntry entry)
    {
        try
        {
            return topic.Tell(entry) is { } told ? (told.Topic, Frames.Broadcast(told, entry.Position, Epoch!, entry.RecordedAt) with { Hint = topic.IsHint ? told.Topic : null }) : ("", null);
        }
        catch (Exception e)
        {
            LogUntold(topic.Name, entry.Position, e);
            return ("", null);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Realtime: topic {Topic} cannot tell of the entry {Position}; its followers do not hear of it")]
    private partial void LogUntold(string topic, long position, Exception e);

    private Topic? Find(string topic) => Array.Find(_topics, known => known.Covers(topic));

    private TopicLine Line(string name) => _lines.TryGetValue(name, out var line) ? line : _lines[name] = new TopicLine(name, _begun);
}
