using Alur.Platform.Texts;

namespace Alur.Platform.Delivery;

/// <summary>
/// Carries jobs of one kind of destination. The engine knows time, order and retries; the channel knows the destination.
/// It serves the channel rows named <see cref="Kind"/> or <c>Kind:account</c>, such as <c>bpjs:default</c>.
/// </summary>
public interface IDeliveryChannel
{
    /// <summary>First part of the channel names served, such as <c>bpjs</c>.</summary>
    string Kind { get; }

    /// <summary>
    /// Makes the one call of this job and says how it ended. Called at most once per claim and never inside a transaction.
    /// An exception counts as <see cref="RetryLater"/> with <c>IsOutage</c>, and as a call that may have arrived unless it is an
    /// <see cref="OnlyAskedException"/>.
    /// </summary>
    Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct);

    /// <summary>
    /// SQL appended to the settle statement as further data-modifying CTEs (each starting with a comma), so that the module's
    /// rows change in the same statement. They read <c>settled(job_id, channel, key, step, payload, state, outcome, code, reason, held_there)</c>:
    /// one row per job whose lease still held; <c>state</c> is the job's new state, <c>held_there</c> is <see cref="Delivered.Held"/>. Join them to tables by an index: the batch may be hundreds of rows.
    /// </summary>
    string SettleEffects => "";

    /// <summary>As <see cref="SettleEffects"/>, for jobs put back to PENDING by an operator or by a breaker that closed; reads <c>requeued(job_id, channel, key, step, actor)</c>.</summary>
    string RequeueEffects => "";
}

/// <summary>One job as handed to its channel.</summary>
/// <param name="JobId">Identity of the job row.</param>
/// <param name="Channel">Full channel name, such as <c>bpjs:default</c>.</param>
/// <param name="Key">Lane key; jobs of one key go out strictly by step.</param>
/// <param name="Step">Place in the lane.</param>
/// <param name="Payload">The job's JSON, as enqueued.</param>
/// <param name="Attempt">Which counted try this is, from 1.</param>
public sealed record DeliveryJob(long JobId, string Channel, string Key, int Step, string Payload, int Attempt)
{
    /// <summary>Nothing follows a <see cref="RetryLater"/> that counts.</summary>
    public bool IsLastAttempt { get; init; }

    /// <summary>What an earlier call of this job may have brought about.</summary>
    public UnansweredCall Unanswered { get; init; }

    /// <summary>An earlier call was answered with <see cref="NotYet.Acknowledged"/>: ask, do not tell again.</summary>
    public bool Acknowledged { get; init; }
}

/// <summary>Whether an earlier call of a job may have arrived without our knowing: no answer came, or whoever made it died with its lease.</summary>
public enum UnansweredCall
{
    /// <summary>Every call there was got an answer, and that was kept.</summary>
    None,

    /// <summary>A call with the very payload that the job has now.</summary>
    SamePayload,

    /// <summary>Perhaps a call with another payload: it was replaced since.</summary>
    OtherPayload,
}

/// <summary>How a call ended, with what is kept of it.</summary>
/// <param name="Outcome">What the engine acts on.</param>
/// <param name="Exchange">The redacted call; null when no call was made (then no attempt row is written).</param>
public sealed record DeliveryReport(DeliveryOutcome Outcome, Exchange? Exchange)
{
    /// <summary>With the destination's words made fit for logs and screens, whatever it and its channel let through.</summary>
    internal DeliveryReport Cleaned() => new(
        Outcome switch
        {
            RetryLater later => later with { Reason = OutsideText.Clean(later.Reason) },
            NotYet notYet => notYet with { Reason = OutsideText.Clean(notYet.Reason) },
            Rejected rejected => new Rejected(OutsideText.Clean(rejected.Reason)),
            Dropped dropped => new Dropped(OutsideText.Clean(dropped.Reason)),
            _ => Outcome,
        },
        Exchange is null ? null : Exchange with { Code = Clean(Exchange.Code), Message = Clean(Exchange.Message) });

    private static string? Clean(string? text) => text is null ? null : OutsideText.Clean(text);
}

/// <summary>
/// Thrown by a channel whose call broke off (no answer in time, the node stops, no connection) while it was only asking, or after a refusal: the
/// destination has nothing of the job by this call.
/// </summary>
/// <param name="cause">What broke it off.</param>
public sealed class OnlyAskedException(Exception cause) : Exception(cause.Message, cause);

/// <summary>What is kept of one call. Everything here must be redacted already.</summary>
/// <param name="StartedAt">Engine time at which the call began.</param>
/// <param name="Duration">Until the answer was read or the call was given up.</param>
/// <param name="HttpCode">HTTP status; null when no answer came.</param>
/// <param name="Code">The destination's own code, such as BPJS <c>metadata.code</c>.</param>
/// <param name="Message">The destination's own message.</param>
/// <param name="Request">JSON text of the request, redacted.</param>
/// <param name="Response">JSON text of the answer, redacted; other text as a JSON string.</param>
public sealed record Exchange(
    DateTimeOffset StartedAt, TimeSpan Duration, int? HttpCode, string? Code, string? Message, string? Request, string? Response)
{
    /// <summary>It only asked something, was refused or never got there: whatever becomes of the job, the destination has nothing of it by this call.</summary>
    public bool LeftNothing { get; init; }
}

/// <summary>The closed set of ways a delivery can end.</summary>
public abstract record DeliveryOutcome
{
    private protected DeliveryOutcome() { }
}

/// <summary>The destination has it.</summary>
/// <param name="AlreadyThere">It had it before this call (a duplicate answer).</param>
/// <param name="Held">What it holds, where that is not what the payload says; a text that the module's settle effects understand.</param>
public sealed record Delivered(bool AlreadyThere = false, string? Held = null) : DeliveryOutcome;

/// <summary>Try again after back-off; consumes an attempt unless the breaker was not closed.</summary>
/// <param name="Reason">Shown to people; groups by fingerprint after digits are folded.</param>
/// <param name="IsOutage">The destination is down or unreachable: counts for the breaker.</param>
/// <param name="After">Shortest wait the destination asked for.</param>
public sealed record RetryLater(string Reason, bool IsOutage, TimeSpan? After = null) : DeliveryOutcome;

/// <summary>Not now, and nobody's fault: no attempt is consumed.</summary>
/// <param name="Until">Engine time at which the job is due again.</param>
/// <param name="Reason">Shown to people.</param>
/// <param name="PauseChannel">Pause the whole channel until then (rejected credentials, a wrong clock).</param>
/// <param name="Acknowledged">The destination said that it has it already; what it holds is asked then. Kept until the job is sent.</param>
public sealed record NotYet(DateTimeOffset Until, string Reason, bool PauseChannel = false, bool Acknowledged = false) : DeliveryOutcome;

/// <summary>Refused for good: the job fails at once and parks its lane.</summary>
/// <param name="Reason">Shown to people; groups by fingerprint after digits are folded.</param>
public sealed record Rejected(string Reason) : DeliveryOutcome;

/// <summary>
/// Nobody is to be told any more: the job is withdrawn and its lane goes on. Mostly without a call; with one, whoever was called refused this job for good and is to get
/// what comes after it all the same.
/// </summary>
/// <param name="Reason">Shown to people.</param>
public sealed record Dropped(string Reason) : DeliveryOutcome;
