namespace Alur.Platform.Realtime;

/// <summary>What one socket has been sent of what waits for its device, and what it has acknowledged.</summary>
/// <param name="device">Its device.</param>
/// <param name="user">Whose.</param>
internal sealed class DeviceLine(Device device, Guid user)
{
    private const int ManyInFlight = 10;
    private const int ManyLooks = 5;
    private const int UnknownAtOnce = 25;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Guid> _inFlight = [];
    private readonly HashSet<Guid> _acknowledged = [];
    private int _roomsChanged = 1; // whatever an earlier socket of the device followed
    private long? _horizon; // the first transaction that must have seen the device
    private int _looks;

    /// <summary>Its device.</summary>
    public Device Device => device;

    /// <summary>Whether it has everything that was left for its person before it was there. Known to the loop alone.</summary>
    public bool IsSettled { get; private set; } = device.Seen is null;

    /// <summary>Whose.</summary>
    public Guid User => user;

    /// <summary>So many acknowledgements wait to be written that no more should be heard.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate) return _acknowledged.Count > DeviceLimits.Unwritten;
        }
    }

    /// <summary>Much is in flight, or some transaction goes on and on: such a device is asked for now and then, unless there is a hint.</summary>
    public bool IsPatient
    {
        get
        {
            lock (_gate) return _inFlight.Count > ManyInFlight || (!IsSettled && _looks > ManyLooks);
        }
    }

    /// <summary>How many messages may be sent now.</summary>
    public int Room
    {
        get
        {
            lock (_gate) return Math.Clamp(DeviceLimits.InFlight - _inFlight.Count, 0, DeviceLimits.AtOnce);
        }
    }

    /// <summary>Rows of the queue that were sent over this socket and are not acknowledged: they are not sent over it again.</summary>
    public Guid[] InFlight
    {
        get
        {
            lock (_gate) return [.. _inFlight.Values];
        }
    }

    /// <summary>
    /// What was acknowledged and is not written yet. Of what was not sent over this socket, over an earlier one or never, only a few at once: ids can be made up, and everybody's
    /// acknowledgements are written together.
    /// </summary>
    public Guid[] Acknowledged
    {
        get
        {
            lock (_gate) return [.. _acknowledged.Where(_inFlight.ContainsKey), .. _acknowledged.Where(id => !_inFlight.ContainsKey(id)).Take(UnknownAtOnce)];
        }
    }

    /// <summary>It was given what it had missed of all transactions that had ended by then.</summary>
    /// <param name="running">The oldest transaction that was running.</param>
    /// <param name="begun">The first that had not begun.</param>
    /// <param name="isMissing">Something was missing, and what of it could not be taken at once has to be looked for again.</param>
    public void Looked(long running, long begun, bool isMissing)
    {
        _horizon ??= begun;
        _looks++;
        IsSettled = running >= _horizon && !isMissing;
    }

    /// <summary>Its socket follows other topics than were written.</summary>
    public void RoomsChanged() => Volatile.Write(ref _roomsChanged, 1);

    /// <summary>Whether it does, which is taken to be written by the caller.</summary>
    public bool TakeRoomsChanged() => Interlocked.Exchange(ref _roomsChanged, 0) == 1;

    /// <summary>A message goes out.</summary>
    public void Sent(Guid message, Guid row)
    {
        lock (_gate) _inFlight[message] = row;
    }

    /// <summary>The client has these.</summary>
    public void Acknowledge(IEnumerable<Guid> messages)
    {
        lock (_gate) _acknowledged.UnionWith(messages);
    }

    /// <summary>It is written that the client has these.</summary>
    /// <returns>More may wait than there was room for.</returns>
    public bool Written(IReadOnlyCollection<Guid> messages)
    {
        lock (_gate)
        {
            var wasNarrow = DeviceLimits.InFlight - _inFlight.Count < DeviceLimits.AtOnce;
            _acknowledged.ExceptWith(messages);
            foreach (var message in messages) _inFlight.Remove(message);
            return wasNarrow;
        }
    }
}
