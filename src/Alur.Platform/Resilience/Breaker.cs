namespace Alur.Platform.Resilience;

/// <summary>The words of the CHECK constraint on <c>platform.breakers.state</c>.</summary>
internal enum BreakerState
{
    Closed,
    Open,
    HalfOpen,
}

/// <summary>Thresholds of a breaker.</summary>
internal sealed record BreakerPolicy(int FailuresToOpen, int SuccessesToClose, TimeSpan OpenFor);

/// <summary>What one call says about the destination.</summary>
/// <param name="Epoch">The breaker's epoch when the call was let through: a result of an older epoch says nothing about this one.</param>
/// <param name="Probe">The probe's token, if the call was one.</param>
/// <param name="Failed">The destination was down or unreachable; null when the call says nothing about that.</param>
/// <param name="Error">Shown to people.</param>
internal sealed record CallResult(long Epoch, Guid? Probe, bool? Failed, string? Error = null);

/// <summary>
/// A circuit breaker as a value: every change is a pure function of the state, the event and the clock. Five consecutive failures open it, after a
/// while one probe at a time goes through, two consecutive successes close it, one failure opens it again (numbers: the policy).
/// </summary>
internal sealed record Breaker(BreakerState State, long Epoch, int Failures, int Successes)
{
    public static readonly Breaker New = new(BreakerState.Closed, Epoch: 0, Failures: 0, Successes: 0);

    /// <summary>Since when it has not been closed.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>OPEN: when a probe may go through.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>HALF_OPEN: the one call that is out.</summary>
    public Guid? Probe { get; init; }

    /// <summary>When the probe counts as lost and another may go.</summary>
    public DateTimeOffset? ProbeUntil { get; init; }

    public string? LastError { get; init; }

    /// <summary>Whether a result counts at all: it began in this epoch and, in HALF_OPEN, is the probe's.</summary>
    public bool Counts(CallResult result) => result.Epoch == Epoch && State switch
    {
        BreakerState.Closed => true,
        BreakerState.HalfOpen => Probe is not null && result.Probe == Probe,
        _ => false,
    };

    /// <summary>The breaker after a call ended.</summary>
    public Breaker After(CallResult result, BreakerPolicy policy, DateTimeOffset now)
    {
        if (!Counts(result)) return this;
        return (State, result.Failed) switch
        {
            (BreakerState.Closed, true) => Failures + 1 >= policy.FailuresToOpen
                ? Opened(result.Error, policy, now)
                : this with { Failures = Failures + 1, LastError = result.Error },
            (BreakerState.Closed, false) => Failures == 0 ? this : this with { Failures = 0 },
            (BreakerState.HalfOpen, true) => Opened(result.Error, policy, now),
            (BreakerState.HalfOpen, false) => Successes + 1 >= policy.SuccessesToClose
                ? New with { Epoch = Epoch + 1, LastError = LastError }
                : this with { Successes = Successes + 1, Probe = null, ProbeUntil = null },
            (BreakerState.HalfOpen, null) => this with { Probe = null, ProbeUntil = null },
            _ => this,
        };
    }

    /// <summary>The breaker with this probe let through, or null when none may go now.</summary>
    public Breaker? WithProbe(Guid probe, DateTimeOffset until, DateTimeOffset now) => State switch
    {
        BreakerState.Open when RetryAt <= now => this with
        {
            State = BreakerState.HalfOpen, Epoch = Epoch + 1, Successes = 0, RetryAt = null, Probe = probe, ProbeUntil = until,
        },
        BreakerState.HalfOpen when Probe is null || ProbeUntil <= now => this with { Probe = probe, ProbeUntil = until },
        _ => null,
    };

    /// <summary>The breaker after somebody closed it by hand: whatever began before, a probe included, does not count any more.</summary>
    public Breaker Reset() => New with { Epoch = Epoch + 1 };

    private Breaker Opened(string? error, BreakerPolicy policy, DateTimeOffset now) => new(BreakerState.Open, Epoch + 1, Failures: 0, Successes: 0)
    {
        OpenedAt = OpenedAt ?? now,
        RetryAt = now + policy.OpenFor,
        LastError = error,
    };
}
