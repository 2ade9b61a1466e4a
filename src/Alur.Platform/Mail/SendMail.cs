using System.Net;
using System.Net.Mail;
using Alur.Platform.Delivery;

namespace Alur.Platform.Mail;

/// <summary>Hands a mail to an SMTP server. A refused address or login is a refusal; everything else is tried again.</summary>
internal static class SendMail
{
    private const int LongestSubject = 150;

    /// <summary>How it ended, and the server's own words for that.</summary>
    public sealed record Answer(DeliveryOutcome Outcome, string Words);

    public static async Task<Answer> Run(SmtpOptions smtp, MailMessage mail, CancellationToken ct)
    {
        try
        {
            using var client = new SmtpClient(smtp.Host, smtp.Port) { EnableSsl = smtp.Tls };
            if (smtp.User is { } user) client.Credentials = new NetworkCredential(user, smtp.Password);
            await client.SendMailAsync(mail, ct);
            return new Answer(new Delivered(), "accepted");
        }
        catch (SmtpFailedRecipientException ex)
        {
            // The others have it: once more would tell them twice.
            var refused = ex is SmtpFailedRecipientsException { InnerExceptions: var all } ? all : [ex];
            return new Answer(
                refused.Length < mail.To.Count ? new Delivered() : Refusal(refused[0].StatusCode),
                $"{refused.Length} recipients refused: {refused[0].Message}");
        }
        catch (SmtpException ex) when (!ct.IsCancellationRequested)
        {
            return new Answer(Refusal(ex.StatusCode), ex.InnerException?.Message ?? ex.Message);
        }
    }

    /// <summary>The subject on one line and of a bearable length: a line break in it would begin another header.</summary>
    public static string Subject(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Length <= LongestSubject ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[LongestSubject - 1]) ? LongestSubject - 1 : LongestSubject), "…");
    }

    // 5xx replies will not change by themselves; 4xx, a lost connection and a name that is not found may.
    private static DeliveryOutcome Refusal(SmtpStatusCode code) => (int)code is >= 500 and < 600
        ? new Rejected($"The mail server refused (SMTP {(int)code}).")
        : new RetryLater("The mail server did not accept the message.", IsOutage: true);
}
