using System.Diagnostics;
using System.Net;
using System.Net.Mail;
using System.Text.Json;
using Alur.Platform.Delivery;

namespace Alur.Platform.Alerts;

/// <summary>Sends an alert as an e-mail of plain text. A refused address or login is a refusal; everything else is tried again.</summary>
internal sealed class SmtpChannel(AlertsOptions options) : IDeliveryChannel
{
    private const int LongestSubject = 150;

    public string Kind => "smtp";

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        var smtp = options.Smtp;
        if (smtp.Host is null) return new(new Rejected("Alerts:Smtp:Host is not configured any more."), Exchange: null);
        var alert = Alert.FromPayload(job.Payload);
        var startedAt = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        try
        {
            using var mail = Mail(alert, smtp);
            using var client = new SmtpClient(smtp.Host, smtp.Port) { EnableSsl = smtp.Tls };
            if (smtp.User is { } user) client.Credentials = new NetworkCredential(user, smtp.Password);
            await client.SendMailAsync(mail, ct);
            return Report(new Delivered(), "accepted");
        }
        catch (SmtpFailedRecipientException ex)
        {
            // The others have it: once more would tell them twice.
            var refused = ex is SmtpFailedRecipientsException { InnerExceptions: var all } ? all : [ex];
            var some = refused.Length < smtp.To!.Split(',', StringSplitOptions.RemoveEmptyEntries).Length;
            return Report(some ? new Delivered() : Refusal(refused[0].StatusCode), $"{refused.Length} recipients refused: {refused[0].Message}");
        }
        catch (SmtpException ex) when (!ct.IsCancellationRequested)
        {
            return Report(Refusal(ex.StatusCode), ex.InnerException?.Message ?? ex.Message);
        }
        catch (FormatException ex)
        {
            return Report(new Rejected("Alerts:Smtp:From or Alerts:Smtp:To is not an e-mail address."), ex.Message);
        }

        DeliveryReport Report(DeliveryOutcome outcome, string message) => new(
            outcome, new Exchange(startedAt, watch.Elapsed, HttpCode: null, Code: null, message, JsonSerializer.Serialize(new { to = smtp.To, alert.Name }), Response: null));
    }

    private static MailMessage Mail(Alert alert, SmtpOptions smtp)
    {
        var subject = alert.Subject(Environment.MachineName).ReplaceLineEndings(" ");
        var mail = new MailMessage
        {
            From = new MailAddress(smtp.From!),
            Subject = subject.Length <= LongestSubject ? subject : subject[..LongestSubject] + "…",
            Body = $"{subject}\n\n{alert.Period}\n{alert.Name}\n",
        };
        foreach (var to in smtp.To!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) mail.To.Add(to);
        return mail;
    }

    // 5xx replies will not change by themselves; 4xx, a lost connection and a name that is not found may.
    private static DeliveryOutcome Refusal(SmtpStatusCode code) => (int)code is >= 500 and < 600
        ? new Rejected($"The mail server refused (SMTP {(int)code}).")
        : new RetryLater("The mail server did not accept the message.", IsOutage: true);
}
