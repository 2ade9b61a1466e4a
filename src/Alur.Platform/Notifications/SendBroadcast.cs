using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Alur.Platform.Web.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Notifications;

/// <summary>What an admin has to tell.</summary>
/// <param name="Id">Of the broadcast; sent with the same one again, it is told once.</param>
/// <param name="Type">One of those that admins tell.</param>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="Message">1 to 2,000 characters.</param>
/// <param name="Priority">Empty: medium.</param>
/// <param name="To">Whom, by the word of an <see cref="Audience"/>.</param>
internal sealed record NewBroadcast(Guid Id, string Type, string Title, string Message, string Priority, string To);

/// <summary>Lets an admin tell something to everybody, a role or those with a grant.</summary>
internal sealed class SendBroadcast(NpgsqlDataSource database, Notify notify, IEnumerable<Grant> grants)
{
    private const int LongestTitle = 200;
    private const int LongestMessage = 2000;

    private const string InsertSql = """
        insert into realtime.broadcasts (id, type, title, message, priority, audience, sent_by) values (@id, @type, @title, @message, @priority, @audience, @by)
        on conflict (id) do nothing
        """;

    private const string SentSql = "select recipients from realtime.broadcasts where id = @id";

    private const string CountedSql = "update realtime.broadcasts set recipients = @recipients where id = @id";

    /// <summary>What admins tell by hand.</summary>
    public static IReadOnlyList<NotificationType> Types { get; } = [NotificationType.SystemAnnouncement, NotificationType.NewFeature, NotificationType.AdminAlert];

    private static AuditResource Broadcasts { get; } = new("broadcasts");

    /// <summary>Tells something to everybody, to a role or to those with a grant.</summary>
    public static async Task<Answer<BroadcastSent>> Handle([FromBody] Request request, HttpContext http, SendBroadcast send, CancellationToken ct) =>
        await send.Run(
            new NewBroadcast(Guid.CreateVersion7(), request.Type ?? "", request.Title ?? "", request.Message ?? "", request.Priority ?? "", request.To ?? ""), http.AuditOrigin(),
            (tx, sent) => http.KeepAnswer(tx, sent, ct), ct);

    /// <summary>
    /// In one transaction, with its entry of the audit. Refused: <c>NOTIFICATION_TYPE_UNKNOWN</c>, <c>NOTIFICATION_TITLE_INVALID</c>, <c>NOTIFICATION_MESSAGE_INVALID</c>,
    /// <c>PRIORITY_UNKNOWN</c>, <c>AUDIENCE_UNKNOWN</c>, <c>AUDIENCE_EMPTY</c>.
    /// </summary>
    public async Task<Result<BroadcastSent>> Run(NewBroadcast asked, AuditOrigin by, Func<NpgsqlTransaction, BroadcastSent, Task> beforeCommit, CancellationToken ct)
    {
        var made = Judge(asked);
        if (!made.Ok) return made.Error;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await Insert(tx, asked.Id, made.Value, by, ct) == 0)
        {
            return new BroadcastSent(asked.Id, (await tx.Statement(SentSql, ("id", asked.Id)).Rows(r => r.GetInt32(0), ct)).Single());
        }

        var told = await notify.Run(tx, [made.Value], ct);
        var count = told.Each[0];
        if (count is { People: 0, Mails: 0 }) return new AudienceEmpty();
        await tx.Statement(CountedSql, ("id", asked.Id), ("recipients", count.People)).Run(ct);
        await WriteAudit.Run(tx, by, Entry(asked.Id, made.Value, count), ct);
        var sent = new BroadcastSent(asked.Id, count.People);
        await beforeCommit(tx, sent);
        await tx.CommitAsync(ct);
        notify.Wake(told);
        return sent;
    }

    private Result<NewNotification> Judge(NewBroadcast asked)
    {
        var (title, message) = (asked.Title.Trim(), asked.Message.Trim().ReplaceLineEndings("\n"));
        if (NotificationWords.TypeOf(asked.Type) is not { } type || !Types.Contains(type)) return new NotificationTypeUnknown(asked.Type, "type", [.. Types.Select(known => known.Word())]);
        if (title.Length > LongestTitle || title.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') || !CanBeSeen(title)) return new NotificationTitleInvalid();
        if (message.Length > LongestMessage || !CanBeSeen(message)) return new NotificationMessageInvalid();
        var priority = asked.Priority.Length == 0 ? NotificationPriority.Medium : NotificationWords.PriorityOf(asked.Priority);
        if (priority is null) return new PriorityUnknown(asked.Priority, "priority");
        var to = Audience.Of(asked.To, grants);
        return to.Ok ? new NewNotification(to.Value, type, title, message, priority.Value) { BroadcastId = asked.Id } : to.Error;
    }

    private static bool CanBeSeen(string text) => text.EnumerateRunes().Any(c => !Rune.IsWhiteSpace(c) && !Rune.IsControl(c) && Rune.GetUnicodeCategory(c) != UnicodeCategory.Format);

    private static Task<int> Insert(NpgsqlTransaction tx, Guid id, NewNotification made, AuditOrigin by, CancellationToken ct) => tx.Statement(
        InsertSql, ("id", id), ("type", made.Type.Word()), ("title", made.Title), ("message", made.Message), ("priority", made.Priority.Word()),
        ("audience", made.To.Word), ("by", by.Actor.Label)).Run(ct);

    // What was said to so many stays as long as the audit does.
    private static AuditEntry Entry(Guid id, NewNotification made, Notified told) => new(
        AuditAction.Create, Broadcasts, id.ToString(),
        NewValues: new { type = made.Type.Word(), priority = made.Priority.Word(), to = made.To.Word, made.Title, made.Message, recipients = told.People, mails = told.Mails });

    /// <summary>What there is to tell.</summary>
    /// <param name="Type"><c>system_announcement</c>, <c>new_feature</c> or <c>admin_alert</c>.</param>
    /// <param name="Title">1 to 200 characters.</param>
    /// <param name="Message">1 to 2,000 characters, without markup.</param>
    /// <param name="To"><c>everybody</c>, <c>role:admin</c>, <c>role:client</c> or <c>grant:NAME</c>.</param>
    /// <param name="Priority"><c>low</c>, <c>medium</c> (the default), <c>high</c> or <c>critical</c>.</param>
    public sealed record Request(
        [property: JsonPropertyName("type")] string? Type = null,
        [property: JsonPropertyName("title")] string? Title = null,
        [property: JsonPropertyName("message")] string? Message = null,
        [property: JsonPropertyName("to")] string? To = null,
        [property: JsonPropertyName("priority")] string? Priority = null);
}

/// <summary>A broadcast that was sent.</summary>
/// <param name="Id">Of the broadcast.</param>
/// <param name="Recipients">So many people have it in their list.</param>
public sealed record BroadcastSent([property: JsonPropertyName("id")] Guid Id, [property: JsonPropertyName("recipients")] int Recipients);
