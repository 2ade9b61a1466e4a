using System.Diagnostics;
using System.Net.Mail;
using System.Text;
using System.Text.Json;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Texts;
using Npgsql;

namespace Alur.Platform.Mail;

/// <summary>Sends a mail of plain text to whoever has the account now, at the address that the account has now. An account that was shut or erased gets none.</summary>
internal sealed class MailChannel(NpgsqlDataSource database, MailRoute route) : IDeliveryChannel
{
    /// <summary>The one channel of this kind.</summary>
    public const string Name = "mail";

    private const string AddressSql = """
        select u.email, s.disabled_at is not null, s.erased_at is not null
        from identity.users u
        join identity.sign_ins s on s.user_id = u.id
        where u.id = @user
        """;

    public string Kind => Name;

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        if (route.Smtp is not { } smtp) return NotConfiguredHere.Because("Mail:Smtp:Host is not set");
        var queued = QueuedMail.FromPayload(job.Payload);
        var found = await AskingOnly(() => database.Statement(AddressSql, ("user", queued.User)).Rows(r => (Email: r.GetString(0), IsShut: r.GetBoolean(1), IsErased: r.GetBoolean(2)), ct));
        return found switch
        {
            [] => new(new Dropped("There is no such account, so nothing was sent."), Exchange: null),
            [{ IsErased: true }] => new(new Dropped("The account was erased, so nothing was sent."), Exchange: null),
            [{ IsShut: true }] => new(new Dropped("The account is disabled, so nothing was sent."), Exchange: null),
            [var account, ..] when !Emails.CanBeMailed(account.Email) => new(new Dropped("The account's address is none that mail can be sent to, so nothing was sent."), Exchange: null),
            [var account, ..] => await Send(smtp, account.Email, queued, job.IsLastAttempt, ct),
        };
    }

    private static async Task<DeliveryReport> Send(SmtpOptions smtp, string address, QueuedMail queued, bool last, CancellationToken ct)
    {
        var startedAt = DateTimeOffset.UtcNow;
        var watch = Stopwatch.StartNew();
        using var mail = Mail(smtp, address, queued);
        var answer = await SendMail.Run(smtp, mail, ct);
        // Refusals repeat whom they refuse, and attempts outlive accounts.
        var words = answer.Words.Replace(address, "[address]", StringComparison.OrdinalIgnoreCase);
        return new(ForOne(answer.Outcome, last), new Exchange(
            startedAt, watch.Elapsed, HttpCode: null, Code: null, words, JsonSerializer.Serialize(new { user = queued.User, message = queued.Message }), Response: null));
    }

    // A mailbox that refuses holds nobody's later mails: neither others', nor its own, which may be let in.
    private static DeliveryOutcome ForOne(DeliveryOutcome outcome, bool last) => outcome switch
    {
        Rejected refused => new Dropped(refused.Reason),
        RetryLater { IsOutage: false } full when last => new Dropped(full.Reason),
        _ => outcome,
    };

    /// <summary>Whatever breaks off before the mail is handed over has told nobody anything.</summary>
    private static async Task<T> AskingOnly<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            throw new OnlyAskedException(e);
        }
    }

    private static MailMessage Mail(SmtpOptions smtp, string address, QueuedMail queued)
    {
        var from = new MailAddress(smtp.From!);
        var mail = new MailMessage(from, new MailAddress(address))
        {
            Subject = SendMail.Subject(OutsideText.Clean(queued.Subject)),
            SubjectEncoding = Encoding.UTF8,
            Body = queued.Body,
            BodyEncoding = Encoding.UTF8,
        };
        mail.Headers.Add("Message-ID", $"<{queued.Message}@{from.Host}>");
        mail.Headers.Add("Auto-Submitted", "auto-generated"); // so that nobody's absence note answers
        return mail;
    }
}
