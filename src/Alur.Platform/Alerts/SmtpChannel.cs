using System.Diagnostics;
using System.Net.Mail;
using System.Text.Json;
using Alur.Platform.Delivery;
using Alur.Platform.Mail;

namespace Alur.Platform.Alerts;

/// <summary>Sends an alert as an e-mail of plain text.</summary>
internal sealed class SmtpChannel(AlertsOptions options) : IDeliveryChannel
{
    public string Kind => "smtp";

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        var smtp = options.Smtp;
        if (smtp.Host is null) return NotConfiguredHere.Because("Alerts:Smtp:Host is not set");
        var alert = Alert.FromPayload(job.Payload);
        var startedAt = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        try
        {
            using var mail = Mail(alert, smtp);
            var answer = await SendMail.Run(smtp, mail, ct);
            return Report(answer.Outcome, answer.Words);
        }
        catch (FormatException)
        {
            return NotConfiguredHere.Because("Alerts:Smtp:From or Alerts:Smtp:To is not an e-mail address");
        }

        DeliveryReport Report(DeliveryOutcome outcome, string message) => new(
            outcome, new Exchange(startedAt, watch.Elapsed, HttpCode: null, Code: null, message, JsonSerializer.Serialize(new { to = smtp.To, alert.Name }), Response: null));
    }

    private static MailMessage Mail(Alert alert, AlertSmtpOptions smtp)
    {
        var subject = alert.Subject(Environment.MachineName).ReplaceLineEndings(" ");
        var mail = new MailMessage
        {
            From = new MailAddress(smtp.From!),
            Subject = SendMail.Subject(subject),
            Body = $"{subject}\n\n{alert.Period}\n{alert.Name}\n",
        };
        foreach (var to in smtp.To!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) mail.To.Add(to);
        return mail;
    }
}
