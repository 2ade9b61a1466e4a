using System.Collections.Concurrent;
using Alur.Platform.Delivery;

namespace Alur.Platform.Realtime;

/// <summary>The devices whose sockets this node holds, and what is to be written of them.</summary>
internal sealed class Devices
{
    private readonly ConcurrentDictionary<string, Socket> _held = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Device, byte> _left = new();
    private readonly ConcurrentDictionary<Socket, byte> _ended = new();
    private readonly ConcurrentDictionary<Socket, byte> _waiting = new();
    private readonly ConcurrentDictionary<Socket, byte> _asking = new();

    /// <summary>Beats when there is something to do for a device.</summary>
    public Pulse Work { get; } = new();

    /// <summary>Sockets of devices, at most one of each.</summary>
    public IReadOnlyList<Socket> Held => [.. _held.Values];

    /// <summary>Sockets that have ended and whose clients acknowledged something that is not written yet.</summary>
    public IReadOnlyCollection<Socket> Ended => [.. _ended.Keys];

    /// <summary>Devices whose socket has ended and of which that is not written yet.</summary>
    public IReadOnlyList<Device> Left => [.. _left.Keys];

    /// <summary>Holds the socket of a device. Of two, the one that attached later stays.</summary>
    public void Add(Socket socket)
    {
        var device = socket.Device!.Device;
        Socket? older = null;
        _held.AddOrUpdate(device.ConnectionId, socket, (_, other) =>
        {
            older = other.Device!.Device.Attached < device.Attached ? other : socket;
            return older == other ? socket : other;
        });
        older?.Close(CloseReason.TakenOver);
        LookAt(socket);
    }

    /// <summary>Something may wait for this one that is not looked for otherwise before the next second.</summary>
    public void LookAt(Socket socket)
    {
        _waiting.TryAdd(socket, 0);
        Work.Beat();
    }

    /// <summary>Takes the ones to look at.</summary>
    public List<Socket> TakeWaiting() => Take(_waiting);

    /// <summary>Somebody, with a device or without, has asked who follows a topic.</summary>
    public void Ask(Socket socket)
    {
        _asking.TryAdd(socket, 0);
        Work.Beat();
    }

    /// <summary>Takes the ones that have asked.</summary>
    public List<Socket> TakeAsking() => Take(_asking);

    /// <summary>Its socket is not told anything any more; what its client has acknowledged counts.</summary>
    public void Remove(Socket socket)
    {
        if (socket.Device!.Acknowledged.Length > 0) _ended.TryAdd(socket, 0);
        _held.TryRemove(KeyValuePair.Create(socket.Device.Device.ConnectionId, socket));
    }

    /// <summary>Everything that its client has acknowledged is written.</summary>
    public void Heard(Socket socket) => _ended.TryRemove(socket, out _);

    /// <summary>It has no socket any more, or never got it.</summary>
    public void Leave(Device device)
    {
        _left.TryAdd(device, 0);
        Work.Beat();
    }

    /// <summary>It is written that these have no socket.</summary>
    public void Written(IEnumerable<Device> left)
    {
        foreach (var device in left) _left.TryRemove(device, out _);
    }

    private static List<Socket> Take(ConcurrentDictionary<Socket, byte> from)
    {
        List<Socket> taken = [.. from.Keys];
        foreach (var socket in taken) from.TryRemove(socket, out _);
        return taken;
    }
}
