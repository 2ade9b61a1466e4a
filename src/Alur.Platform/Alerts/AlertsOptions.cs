using System.ComponentModel.DataAnnotations;

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
    public SmtpOptions Smtp { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DiskStopMegabytes > DiskWarnMegabytes)
            yield return new ValidationResult("Alerts:DiskStopMegabytes must not be above Alerts:DiskWarnMegabytes.");
        if (Webhook.Url is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return new ValidationResult("Alerts:Webhook:Url must be an http or https address.");
        if (Smtp.Port is < 1 or > 65535)
            yield return new ValidationResult("Alerts:Smtp:Port must be between 1 and 65535.");
        foreach (var key in Smtp.Missing())
            yield return new ValidationResult($"{key} is missing beside Alerts:Smtp:Host.");
    }
}

/// <summary>A POST of <c>{"text":…,"event":…,"name":…,"raised_at":…,"cleared_at":…,"server":…}</c>; chat services show <c>text</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Where to post; may carry a secret, so it is never logged.</summary>
    public string? Url { get; set; }
}

/// <summary>An SMTP server of the house.</summary>
public sealed class SmtpOptions
{
    public string? Host { get; set; }

    public int Port { get; set; } = 587;

    /// <summary>STARTTLS with a verified certificate; switch it off only for a server on this machine or in this house.</summary>
    public bool Tls { get; set; } = true;

    public string? User { get; set; }

    public string? Password { get; set; }

    public string? From { get; set; }

    /// <summary>Addresses, separated by commas.</summary>
    public string? To { get; set; }

    internal IEnumerable<string> Missing() =>
        Host is null ? [] : new[] { (From, "Alerts:Smtp:From"), (To, "Alerts:Smtp:To") }.Where(x => string.IsNullOrWhiteSpace(x.Item1)).Select(x => x.Item2);
}
