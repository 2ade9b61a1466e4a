using System.ComponentModel.DataAnnotations;
using Alur.Platform.Mail;

namespace Alur.Platform.Alerts;

/// <summary>Section <c>Alerts</c>: whom to tell when something is wrong. Without a webhook and without SMTP, alerts are only recorded and logged.</summary>
public sealed class AlertsOptions : IValidatableObject
{
    public const string Section = "Alerts";

    /// <summary>How often is looked; at least once per minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary><c>id</c> or <c>en</c>: the language of the texts.</summary>
    [RegularExpression("^(id|en)$", ErrorMessage = "Alerts:Language must be id or en.")]
    public string Language { get; set; } = "id";

    /// <summary>How long a destination must be away before somebody is told.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan OutageAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Free space of the data directory, in MiB, below which somebody is told.</summary>
    [Range(1, 10_000_000)]
    public int DiskWarnMegabytes { get; set; } = 2048;

    /// <summary>Free space, in MiB, below which no more visits are read, so that PostgreSQL does not stop.</summary>
    [Range(1, 10_000_000)]
    public int DiskStopMegabytes { get; set; } = 512;

    /// <summary>Told by HTTP POST.</summary>
    public WebhookOptions Webhook { get; set; } = new();

    /// <summary>Told by e-mail.</summary>
    public AlertSmtpOptions Smtp { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DiskStopMegabytes > DiskWarnMegabytes)
            yield return new ValidationResult("Alerts:DiskStopMegabytes must not be above Alerts:DiskWarnMegabytes.");
        if (Webhook.Url is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return new ValidationResult("Alerts:Webhook:Url must be an http or https address.");
        foreach (var mistake in Smtp.Mistakes("Alerts:Smtp")) yield return new ValidationResult(mistake);
        if (Smtp.Host is not null && string.IsNullOrWhiteSpace(Smtp.To))
            yield return new ValidationResult("Alerts:Smtp:To is missing beside Alerts:Smtp:Host.");
    }
}

/// <summary>A POST of <c>{"text":…,"event":…,"name":…,"raised_at":…,"cleared_at":…,"server":…}</c>; chat services show <c>text</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Where to post; may carry a secret, so it is never logged.</summary>
    public string? Url { get; set; }
}

/// <summary>The mail server that alerts go by, and whom they are for.</summary>
public sealed class AlertSmtpOptions : SmtpOptions
{
    /// <summary>Addresses, separated by commas.</summary>
    public string? To { get; set; }
}
