using System.ComponentModel.DataAnnotations;

namespace Alur.Platform.Audit;

/// <summary>Section <c>Audit</c>: how long it is kept who did what. The database refuses less as well.</summary>
public sealed class AuditOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Audit";

    /// <summary>Years that general entries are kept: one year in use and five beyond it.</summary>
    [Range(1, 100, ErrorMessage = "Audit:GeneralYears must be between 1 and 100.")]
    public int GeneralYears { get; set; } = 6;

    /// <summary>Years that entries about the medical record are kept.</summary>
    [Range(25, 200, ErrorMessage = "Audit:MedicalYears must be between 25 and 200: medical records are kept for 25 years at least.")]
    public int MedicalYears { get; set; } = 25;

    /// <summary>Whether it is written down who reads the audit itself.</summary>
    public bool Views { get; set; } = true;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (GeneralYears > MedicalYears)
            yield return new ValidationResult("Audit:GeneralYears must not be more than Audit:MedicalYears.", [nameof(GeneralYears)]);
    }
}
