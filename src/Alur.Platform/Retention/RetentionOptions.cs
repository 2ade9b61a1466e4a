using System.ComponentModel.DataAnnotations;

namespace Alur.Platform.Retention;

/// <summary>Section <c>Retention</c>: how long the delivery engine remembers. What a module knows of its own (tasks, their history) is not touched.</summary>
public sealed class RetentionOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Retention";

    /// <summary>Days after which a lane is forgotten whose every job is finished; attempts go with the month they are in, once all of it is older.</summary>
    [Range(7, 3650, ErrorMessage = "Retention:FinishedDays must be between 7 and 3650.")]
    public int FinishedDays { get; set; } = 90;

    /// <summary>Days after which what was sent and answered is emptied; that it was sent, when and with which code stays.</summary>
    [Range(1, 3650, ErrorMessage = "Retention:PayloadDays must be between 1 and 3650.")]
    public int PayloadDays { get; set; } = 30;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (PayloadDays > FinishedDays)
            yield return new ValidationResult("Retention:PayloadDays must not be more than Retention:FinishedDays.", [nameof(PayloadDays)]);
    }
}
