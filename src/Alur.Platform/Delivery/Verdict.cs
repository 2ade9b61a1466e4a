namespace Alur.Platform.Delivery;

/// <summary>One job of a run as the sender leaves it.</summary>
/// <param name="Job">The leased job.</param>
/// <param name="Report">How its call ended; null: it was given back without a call.</param>
/// <param name="Uncounted">The call was cut short by our own stop: nobody's attempt.</param>
/// <param name="Unstorable">PostgreSQL refused what really came of it; the report says only that.</param>
internal sealed record JobResult(ClaimedJob Job, DeliveryReport? Report, bool Uncounted = false, bool Unstorable = false)
{
    /// <summary>The call may have arrived, and the job will not know.</summary>
    public bool IsUnanswered => Unstorable || Report is { Outcome: RetryLater, Exchange.LeftNothing: false };

    public bool IsOutage => !Uncounted && Report?.Outcome is RetryLater { IsOutage: true };

    /// <summary>For the breaker: true down, false answered, null says nothing.</summary>
    public bool? Failed => Uncounted ? null : Report switch
    {
        { Outcome: RetryLater { IsOutage: true } } => true,
        { Outcome: Delivered } or { Outcome: Rejected or RetryLater or Dropped, Exchange: not null } => false,
        _ => null,
    };

    /// <summary>A job that never gets as far as a result.</summary>
    public static JobResult Poison(ClaimedJob job) => new(
        job, new DeliveryReport(new Rejected("Parked as poison: its leases ran out again and again without any result."), Exchange: null));
}

/// <summary>What a result does to its job. Pure.</summary>
/// <param name="State">The job's new state.</param>
/// <param name="Outcome">Word for the attempt row; null: given back.</param>
/// <param name="Counted">Consumes one of max_attempts.</param>
/// <param name="Outage">The destination was down.</param>
/// <param name="Code">For last_code.</param>
/// <param name="Reason">For last_error.</param>
/// <param name="Wait">Until the lane is due again.</param>
internal sealed record Verdict(string State, string? Outcome, bool Counted, bool Outage, string? Code, string? Reason, TimeSpan Wait)
{
    private static readonly TimeSpan ShortestNotYet = TimeSpan.FromMilliseconds(100);

    /// <summary>However long a destination (or a proxy before it) asks us to wait: a visit must not rest for a year.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    public const string Poison = "POISON";

    public string? Fingerprint => State == "FAILED" ? Delivery.Fingerprint.Of(Code, Reason) : null;

    /// <summary>Decides.</summary>
    /// <param name="result">How the call ended.</param>
    /// <param name="breakerClosed">The breaker was closed from the call's begin to its end; otherwise an outage gives the attempt back.</param>
    /// <param name="options">Back-off.</param>
    /// <param name="now">Engine time.</param>
    /// <param name="random">In [0, 1), for the jitter.</param>
    public static Verdict Of(JobResult result, bool breakerClosed, DeliveryOptions options, DateTimeOffset now, double random)
    {
        var code = StorableText.Plain(result.Report?.Exchange?.Code ?? result.Report?.Exchange?.HttpCode?.ToString());
        switch (result.Report?.Outcome)
        {
            case Delivered:
                return new("SENT", "DELIVERED", Counted: true, Outage: false, code, Reason: null, TimeSpan.Zero);
            case Rejected rejected:
                var poison = result.Job.IsPoison;
                return new("FAILED", "REJECTED", Counted: !poison, Outage: false, poison ? Poison : code, Text(rejected.Reason), TimeSpan.Zero);
            case Dropped dropped:
                var called = result.Report.Exchange is not null;
                return new("CANCELLED", "DROPPED", Counted: called, Outage: false, called ? code : null, Text(dropped.Reason), TimeSpan.Zero);
            case NotYet notYet:
                var until = notYet.Until - now;
                return new("PENDING", "NOT_YET", Counted: false, Outage: false, code, Text(notYet.Reason),
                    until > ShortestNotYet ? until : ShortestNotYet);
            case RetryLater retry:
                var counted = !result.Uncounted && (!retry.IsOutage || breakerClosed);
                var last = counted && result.Job.Job.Attempt >= result.Job.MaxAttempts;
                var wait = result.Uncounted
                    ? TimeSpan.Zero
                    : BackOff.After(result.Job.Job.Attempt, options.BackOffBase, options.BackOffCap, options.BackOffJitter, random);
                return new(last ? "FAILED" : "PENDING", "RETRY_LATER", counted, retry.IsOutage, code, Text(retry.Reason),
                    Asked(retry) > wait ? Asked(retry) : wait);
            default:
                return new("PENDING", Outcome: null, Counted: false, Outage: false, Code: null, Reason: null, TimeSpan.Zero);
        }
    }

    private static TimeSpan Asked(RetryLater retry) => retry.After > LongestAsked ? LongestAsked : retry.After ?? TimeSpan.Zero;

    private static string Text(string reason) => StorableText.Plain(reason) is { Length: > 2000 } text ? text[..2000] : StorableText.Plain(reason)!;
}
