using System.ComponentModel.DataAnnotations;
using Alur.Platform.Alerts;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Mail;

/// <summary>Section <c>Mail</c>: the server by which people with accounts get e-mail.</summary>
public sealed class MailOptions : IValidatableObject
{
    public const string Section = "Mail";

    /// <summary>Without a host of its own that of <c>Alerts:Smtp</c> is taken, with all that belongs to it.</summary>
    public SmtpOptions Smtp { get; set; } = new();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Smtp.Mistakes($"{Section}:Smtp").Select(mistake => new ValidationResult(mistake));
}

/// <summary>The mail server that is in use.</summary>
internal sealed class MailRoute(IOptions<MailOptions> mail, IOptions<AlertsOptions> alerts)
{
    /// <summary>Null: none is configured.</summary>
    public SmtpOptions? Smtp { get; } = new[] { mail.Value.Smtp, alerts.Value.Smtp }.FirstOrDefault(smtp => smtp.Host is not null);
}
