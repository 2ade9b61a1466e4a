namespace Alur.Platform.Delivery;

/// <summary>What one round of the pump did.</summary>
public sealed class PumpResult
{
    /// <summary>Lanes claimed.</summary>
    public int Lanes { get; internal set; }

    /// <summary>Jobs the destination has now.</summary>
    public int Delivered { get; internal set; }

    /// <summary>Jobs that will be tried again, and those that are not due yet after all.</summary>
    public int Postponed { get; internal set; }

    /// <summary>Jobs that failed for good and parked their lanes.</summary>
    public int Failed { get; internal set; }

    /// <summary>Jobs that were withdrawn without a call, because nobody is to be told any more.</summary>
    public int Dropped { get; internal set; }

    /// <summary>Jobs that were leased and given back without a call.</summary>
    public int GivenBack { get; internal set; }

    /// <summary>Results that came after their lease was lost; the calls are on record, the jobs go out again.</summary>
    public int FencedOff { get; internal set; }

    /// <summary>When a limit of calls per second lets the next call start; null when no limit stopped the round.</summary>
    public TimeSpan? NextIn { get; internal set; }

    /// <summary>Calls that were made and settled.</summary>
    public int Settled => Delivered + Postponed + Failed;
}
