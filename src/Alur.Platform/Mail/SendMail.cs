using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Alur.Platform.Delivery;

namespace Alur.Platform.Mail;

/// <summary>
/// Hands a mail to an SMTP server. A recipient who is refused for good is a refusal, one whose mailbox is full or busy is tried again, and so is a mail that was refused once the server
/// had seen it (spam, a virus, too large): that is about this mail and no other. Whatever else the server says, of itself, of the sender or of the login, and all that it calls passing,
/// is trouble of the server, which people mend.
/// </summary>
internal static class SendMail
{
    private const int LongestSubject = 150;
    private const int MailboxFull = 552; // of the fives, but not for good

    /// <summary>How it ended, and the server's own words for that.</summary>
    public sealed record Answer(DeliveryOutcome Outcome, string Words);

    public static async Task<Answer> Run(SmtpOptions smtp, MailMessage mail, CancellationToken ct)
    {
        var text = new NotedText();
        mail.BodyTransferEncoding = mail.BodyEncoding is UTF8Encoding ? TransferEncoding.Base64 : TransferEncoding.QuotedPrintable; // as without the next line
        mail.BodyEncoding = text;
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
                refused.Length < mail.To.Count ? new Delivered() : Recipient((int)refused[0].StatusCode),
                $"{refused.Length} recipients refused: {refused[0].Message}");
        }
        catch (SmtpException ex) when (!ct.IsCancellationRequested)
        {
            return new Answer(text.WasAskedFor ? Content((int)ex.StatusCode) : Server((int)ex.StatusCode), ex.InnerException?.Message ?? ex.Message);
        }
    }

    /// <summary>The subject on one line and of a bearable length: a line break in it would begin another header.</summary>
    public static string Subject(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Length <= LongestSubject ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[LongestSubject - 1]) ? LongestSubject - 1 : LongestSubject), "…");
    }

    private static DeliveryOutcome Recipient(int code) => code is >= 500 and < 600 and not MailboxFull
        ? new Rejected($"The mail server refused the recipient (SMTP {code}).")
        : new RetryLater($"The mail server does not take mail for the recipient now (SMTP {code}).", IsOutage: false);

    private static RetryLater Content(int code) => code is >= 500 and < 600
        ? new($"The mail server refused what is in the mail (SMTP {code}).", IsOutage: false)
        : Server(code);

    // Without a code: a lost connection, a name that is not found, no TLS.
    private static RetryLater Server(int code) => new(
        code is >= 400 and < 600 ? $"The mail server did not accept the message (SMTP {code})." : "The mail server did not accept the message.", IsOutage: true);

    /// <summary>
    /// UTF-8 that knows whether it was used. The framework's client does not say which command was refused, and codes do not tell: 554 is a server that wants nobody as well as a mail
    /// that looks like spam. But it makes bytes of the text only once the server has taken sender and recipient and asked for the mail.
    /// </summary>
    private sealed class NotedText : UTF8Encoding
    {
        public NotedText()
            : base(encoderShouldEmitUTF8Identifier: false)
        {
        }

        public bool WasAskedFor { get; private set; }

        public override byte[] GetBytes(string s)
        {
            WasAskedFor = true;
            return base.GetBytes(s);
        }
    }
}
