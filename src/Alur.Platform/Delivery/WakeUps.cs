namespace Alur.Platform.Delivery;

/// <summary>
/// Hints, inside this process, that a channel may have due jobs. Losing one costs at most one polling interval, so this never blocks and
/// never grows: a channel is either hinted or not.
/// </summary>
public sealed class WakeUps
{
    private readonly Lock _gate = new();
    private HashSet<string> _local = new(StringComparer.Ordinal);
    private HashSet<string> _outbound = new(StringComparer.Ordinal);
    private TaskCompletionSource _localSignal = NewSignal();
    private TaskCompletionSource _outboundSignal = NewSignal();

    /// <summary>Call after commit: this node looks at once, the other nodes are told within about 10 ms.</summary>
    public void Wake(string channel)
    {
        lock (_gate)
        {
            _outbound.Add(channel);
            _outboundSignal.TrySetResult();
        }

        WakeLocal(channel);
    }

    /// <summary>Only this node: another node told us.</summary>
    internal void WakeLocal(string channel)
    {
        lock (_gate)
        {
            _local.Add(channel);
            _localSignal.TrySetResult();
        }
    }

    /// <summary>Completes once a channel of this node is hinted.</summary>
    internal Task LocalHint()
    {
        lock (_gate) return _localSignal.Task;
    }

    /// <summary>Takes the channels hinted since the last call.</summary>
    internal IReadOnlyCollection<string> TakeLocal()
    {
        lock (_gate) return Take(ref _local, ref _localSignal);
    }

    internal Task OutboundHint()
    {
        lock (_gate) return _outboundSignal.Task;
    }

    internal IReadOnlyCollection<string> TakeOutbound()
    {
        lock (_gate) return Take(ref _outbound, ref _outboundSignal);
    }

    private static HashSet<string> Take(ref HashSet<string> hinted, ref TaskCompletionSource signal)
    {
        var taken = hinted;
        if (taken.Count == 0) return taken;
        hinted = new HashSet<string>(StringComparer.Ordinal);
        signal = NewSignal();
        return taken;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
