using System.ComponentModel.DataAnnotations;

namespace Alur.Platform.Resilience;

/// <summary>Section <c>Resilience</c>: thresholds of the circuit breakers. Engine time, never scaled.</summary>
public sealed class ResilienceOptions : IValidatableObject
{
    /// <summary>Consecutive failures that open a breaker.</summary>
    [Range(1, 1000)]
    public int FailuresToOpen { get; set; } = 5;

    /// <summary>Consecutive successes in HALF_OPEN that close it.</summary>
    [Range(1, 1000)]
    public int SuccessesToClose { get; set; } = 2;

    /// <summary>How long it stays open before a probe may go through.</summary>
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(60);

    internal BreakerPolicy Policy => new(FailuresToOpen, SuccessesToClose, OpenFor);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (OpenFor <= TimeSpan.Zero) yield return new ValidationResult("Resilience:OpenFor must be longer than zero.", [nameof(OpenFor)]);
    }
}
