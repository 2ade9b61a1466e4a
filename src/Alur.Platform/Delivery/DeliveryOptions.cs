using System.ComponentModel.DataAnnotations;

namespace Alur.Platform.Delivery;

/// <summary>Section <c>Delivery</c>: cadence, concurrency and retry timing of the delivery engine. All times are engine time and never scaled.</summary>
public sealed class DeliveryOptions : IValidatableObject
{
    /// <summary>Longest wait before the worker looks for due jobs; wake-ups only shorten it.</summary>
    public TimeSpan WorkerInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Lanes this node sends at the same time, over all channels.</summary>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 64;

    /// <summary>Most jobs of one lane that are leased together and sent one after the other.</summary>
    [Range(1, 100)]
    public int RunLength { get; set; } = 8;

    /// <summary>How long a claimed lane belongs to its claimer, by the database's clock.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A call is cancelled after this time; channels should give up by themselves a little earlier and report what happened.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Wait after the first failed attempt; doubles with every further one.</summary>
    public TimeSpan BackOffBase { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait between attempts, jitter included.</summary>
    public TimeSpan BackOffCap { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Random share added to or taken from every wait: 0.1 is ±10 %.</summary>
    [Range(0.0, 1.0)]
    public double BackOffJitter { get; set; } = 0.1;

    /// <summary>A job whose leases ran out this often without any result is parked as poison.</summary>
    [Range(1, 1000)]
    public int PoisonLimit { get; set; } = 10;

    /// <summary>How long calls in flight may go on once the node was told to stop.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most job results settled in one statement.</summary>
    [Range(1, 10_000)]
    public int SettleBatch { get; set; } = 500;

    /// <summary>Wake-ups of one channel within this time are sent to the other nodes as one.</summary>
    public TimeSpan NotifyWindow { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>What must be left of a lease beyond <see cref="CallTimeout"/> when a call begins.</summary>
    internal static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(5);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in new[]
        {
            (nameof(WorkerInterval), WorkerInterval), (nameof(CallTimeout), CallTimeout), (nameof(BackOffBase), BackOffBase),
        })
        {
            if (value <= TimeSpan.Zero) yield return new ValidationResult($"Delivery:{name} must be longer than zero.", [name]);
        }

        if (Lease <= CallTimeout + LeaseMargin)
            yield return new ValidationResult("Delivery:Lease must exceed Delivery:CallTimeout by more than 5 seconds.", [nameof(Lease)]);
        if (BackOffCap < BackOffBase)
            yield return new ValidationResult("Delivery:BackOffCap must not be shorter than Delivery:BackOffBase.", [nameof(BackOffCap)]);
    }
}
