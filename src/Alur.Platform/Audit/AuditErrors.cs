using Alur.Platform.Results;

namespace Alur.Platform.Audit;

internal sealed record UnknownAction(string Action) : Invalid(
    "INVALID_PARAMETER", $"'{Action}' is not one of {string.Join(", ", AuditWords.All)}.", "action");
