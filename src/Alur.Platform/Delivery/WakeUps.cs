namespace Alur.Platform.Delivery;

/// <summary>
/// Hints, inside this process, that something may be due: a channel's jobs, or a person's messages. Losing one costs at most one polling interval, so this never
/// blocks and never grows: a name is either hinted or not.
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
        if (taken.Count == 0) return []; // not the set itself, which may be added to while the caller looks at it
        hinted = new HashSet<string>(StringComparer.Ordinal);
        signal = NewSignal();
        return taken;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Hints that <see cref="WakeNotifier"/> carries to the other nodes, whose line of the same name gets them.</summary>
/// <param name="Name">Without spaces.</param>
/// <param name="Hints">Of this node.</param>
internal sealed record HintLine(string Name, WakeUps Hints);
