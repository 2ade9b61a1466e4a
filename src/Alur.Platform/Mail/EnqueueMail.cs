using System.Text.Json;
using System.Text.Json.Serialization;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Platform.Mail;

/// <summary>A mail to somebody who has an account.</summary>
/// <param name="UserId">Whose; the address is that of the account when the mail is sent. Mails to one account go out in order.</param>
/// <param name="Subject">One line.</param>
/// <param name="Body">Plain text.</param>
/// <param name="MessageId">Names the mail, also to mail programs, which so know it again should it arrive twice.</param>
public sealed record OutgoingMail(Guid UserId, string Subject, string Body, Guid MessageId);

/// <summary>Puts mails to people with accounts into the queue.</summary>
public sealed class EnqueueMail
{
    /// <summary>Some four hours, besides the time in which the server is known to be away.</summary>
    private const int Tries = 20;

    private readonly MailRoute _route;
    private readonly DeliveryQueue _queue;

    internal EnqueueMail(MailRoute route, DeliveryQueue queue) => (_route, _queue) = (route, queue);

    /// <summary>Whether there is a mail server to send by; without one nothing is queued.</summary>
    public bool MailIsConfigured => _route.Smtp is not null;

    /// <summary>Queues them in the caller's transaction; call <see cref="Wake"/> after the commit.</summary>
    /// <returns>How many were queued: all of them, or none where no mail server is configured.</returns>
    public async Task<int> Run(NpgsqlTransaction tx, IReadOnlyList<OutgoingMail> mails, CancellationToken ct = default)
    {
        if (!MailIsConfigured) return 0;
        await _queue.Append(
            tx, [.. mails.Select(mail => new NextDelivery(MailChannel.Name, mail.UserId.ToString(), QueuedMail.Of(mail).ToPayload(), mail.MessageId, Tries))], ct);
        return mails.Count;
    }

    /// <summary>Says, after the commit, that there are mails to send. A hint: without it they go out within the worker's interval.</summary>
    public void Wake()
    {
        if (MailIsConfigured) _queue.Wake(MailChannel.Name);
    }
}

/// <summary>What the queue keeps of a mail: not whom it reaches, which the account says when it is sent.</summary>
internal sealed record QueuedMail(
    [property: JsonPropertyName("user")] Guid User,
    [property: JsonPropertyName("message")] Guid Message,
    [property: JsonPropertyName("subject")] string Subject,
    [property: JsonPropertyName("body")] string Body)
{
    public static QueuedMail Of(OutgoingMail mail) => new(mail.UserId, mail.MessageId, mail.Subject, mail.Body);

    public string ToPayload() => JsonSerializer.Serialize(this);

    public static QueuedMail FromPayload(string payload) => JsonSerializer.Deserialize<QueuedMail>(payload)!;
}
