using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Pages;

/// <summary>Section <c>Pages</c>: what people see in a browser.</summary>
public sealed class PagesOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Pages";

    /// <summary>The clock of pages that are about no site, by its IANA name.</summary>
    [Required(ErrorMessage = "Pages:TimeZone must name a time zone such as Asia/Jakarta.")]
    public string TimeZone { get; set; } = "Asia/Jakarta";

    internal TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
}

/// <summary>Refuses a zone that this system does not know.</summary>
internal sealed class KnownZone : IValidateOptions<PagesOptions>
{
    public ValidateOptionsResult Validate(string? name, PagesOptions options) => TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Pages:TimeZone '{options.TimeZone}' is not a time zone of this system; one is Asia/Jakarta.");
}
