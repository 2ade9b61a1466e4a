namespace Alur.Platform.Delivery;

/// <summary>What this node knows of one channel during a round: whose turn it is and whether calls should go on. Hints only; the claim decides.</summary>
internal sealed class ChannelTurn(string name, IDeliveryChannel handler)
{
    private long _epoch;
    private long _stopUntil;

    public string Name => name;

    public IDeliveryChannel Handler => handler;

    /// <summary>Lanes being sent by this node.</summary>
    public int Sending;

    /// <summary>The last claim found nothing more; cleared by a hint.</summary>
    public volatile bool Dry;

    /// <summary>The last claim was cut by the limit of concurrent lanes.</summary>
    public volatile bool Short;

    /// <summary>The rate limit is used up until then.</summary>
    public long TokenAt { get; set; }

    public bool WantsClaim => !Dry && TokenAt <= Environment.TickCount64;

    /// <summary>The breaker opened or changed after the run was claimed, or the channel was paused: the rest of the run is not sent.</summary>
    public bool MustStop(LaneRun run) => Volatile.Read(ref _epoch) > run.Epoch || Volatile.Read(ref _stopUntil) > Environment.TickCount64;

    public void SeenEpoch(long epoch)
    {
        var seen = Volatile.Read(ref _epoch);
        while (epoch > seen)
        {
            var before = Interlocked.CompareExchange(ref _epoch, epoch, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    public void StopUntil(DateTimeOffset until)
    {
        var left = Math.Clamp((until - DateTimeOffset.UtcNow).TotalMilliseconds, 0, TimeSpan.FromMinutes(1).TotalMilliseconds);
        Volatile.Write(ref _stopUntil, Environment.TickCount64 + (long)left);
    }
}
