using System.Text.Json;
using Alur.Platform.Data;
using Alur.Platform.Mail;
using Alur.Platform.Realtime;
using Alur.Platform.Web;
using Alur.Platform.Webhooks;
using Npgsql;

namespace Alur.Platform.Notifications;

/// <summary>
/// Tells people something: in their list, and by every other way that they chose, all in the caller's transaction, so that either everything of it is there
/// afterwards or nothing. As many statements for ten thousand people as for one.
/// </summary>
public sealed class Notify
{
    // People by name come apart from the others, so that thousands of them are not compared with thousands of accounts. The moment is that of the call, not of
    // the transaction's beginning: whoever marks everything as read up to one must not have marked what was told in a transaction that began before.
    private const string WhomSql = """
        with meant as (
            select w.n, u.id
            from unnest(@n, @kind, @value) as w(n, kind, value)
            join identity.users u on case w.kind
                when 'everybody' then true
                when 'role' then u.role = w.value
                else exists (select from identity.user_grants g where g.user_id = u.id and g.name = w.value) end
            where w.kind <> 'people'
            union
            select p.n, p.id from unnest(@of, @people) as p(n, id)
        )
        select m.n, u.id, u.email, p.in_app, p.email_from, clock_timestamp()
        from meant m
        join unnest(@n, @type) as w(n, type) on w.n = m.n
        join identity.users u on u.id = m.id
        join identity.sign_ins s on s.user_id = u.id and s.disabled_at is null
        left join realtime.notification_preferences p on p.user_id = u.id and p.type = w.type
        order by u.id, m.n
        """;

    private const string InsertSql = """
        insert into realtime.real_time_notifications (id, user_id, type, title, message, payload, priority, created_at, broadcast_id)
        select r.id, r.user_id, w.type, w.title, w.message, w.payload::jsonb, w.priority, @at, w.broadcast_id
        from unnest(@id, @user, @of) with ordinality as r(id, user_id, n, place)
        join unnest(@n, @type, @title, @message, @payload, @priority, @broadcast) as w(n, type, title, message, payload, priority, broadcast_id) on w.n = r.n
        order by r.place
        """;

    private readonly EnqueueMail _mail;
    private readonly MessageHints _hints;
    private readonly EnqueueWebhooks _webhooks;

    internal Notify(MessageHints hints, EnqueueMail mail, EnqueueWebhooks webhooks) => (_hints, _mail, _webhooks) = (hints, mail, webhooks);

    /// <summary>In the caller's transaction, best as the last of it: what is told should not wait for what else is done.</summary>
    public async Task<Told> Run(NpgsqlTransaction tx, IReadOnlyList<NewNotification> notifications, CancellationToken ct)
    {
        if (notifications.Count == 0) return new Told([], [], []);
        var told = await Whom(tx, notifications, ct);
        var inApp = told.Where(one => one.InApp).ToList();
        if (inApp.Count > 0)
        {
            await Insert(tx, notifications, inApp, ct);
            await SendToUsers.Run(tx, [.. inApp.Select(one => MessageOf(notifications[one.Of], one))], ct);
        }

        var mails = told.Where(one => one.ByMail).ToList();
        if (mails.Count > 0) await _mail.Run(tx, [.. mails.Select(one => MailOf(notifications[one.Of], one))], ct);
        var channels = await _webhooks.Run(tx, [.. EventsOf(notifications, told)], ct);
        return new Told(
            [.. notifications.Select((_, n) => new Notified(inApp.Count(one => one.Of == n), mails.Count(one => one.Of == n)))], [.. inApp.Select(one => one.User).Distinct()], channels);
    }

    /// <summary>Says, after the commit, that there is something to tell. A hint: without it it is told within seconds.</summary>
    public void Wake(Told told)
    {
        if (told.People.Count > 0) _hints.Wake(told.People);
        _mail.Wake();
        _webhooks.Wake(told.Channels);
    }

    private static async Task<List<Recipient>> Whom(NpgsqlTransaction tx, IReadOnlyList<NewNotification> notifications, CancellationToken ct)
    {
        var named = notifications.SelectMany((one, n) => one.To.Accounts.Select(account => (Of: n, Account: account))).ToList();
        var statement = tx.Statement(
            WhomSql,
            ("n", Numbers(notifications)), ("kind", notifications.Select(one => one.To.Kind).ToArray()), ("value", notifications.Select(one => one.To.Value).ToArray()),
            ("type", notifications.Select(one => one.Type.Word()).ToArray()), ("of", named.Select(one => one.Of).ToArray()), ("people", named.Select(one => one.Account).ToArray()));
        return await statement.Rows(row => Read(row, notifications), ct);
    }

    private static Recipient Read(NpgsqlDataReader row, IReadOnlyList<NewNotification> notifications)
    {
        var (of, email) = (row.GetInt32(0), row.GetString(2));
        var told = notifications[of];
        var wish = row.IsDBNull(3) ? Preference.Default(told.Type) : new Preference(row.GetBoolean(3), row.Maybe<string>(4));
        var byMail = wish.TakesMail(told.Priority) && !told.MailedAnyway.Contains(email, StringComparer.OrdinalIgnoreCase);
        return new Recipient(of, row.GetGuid(1), Guid.CreateVersion7(), row.GetFieldValue<DateTimeOffset>(5), wish.TakesInApp(told.Priority), byMail);
    }

    private static Task<int> Insert(NpgsqlTransaction tx, IReadOnlyList<NewNotification> notifications, List<Recipient> told, CancellationToken ct) => tx.Statement(
        InsertSql,
        ("id", told.Select(one => one.Id).ToArray()), ("user", told.Select(one => one.User).ToArray()), ("of", told.Select(one => one.Of).ToArray()), ("at", told[0].At),
        ("n", Numbers(notifications)), ("type", notifications.Select(one => one.Type.Word()).ToArray()),
        ("title", notifications.Select(one => one.Title).ToArray()), ("message", notifications.Select(one => one.Message).ToArray()),
        ("payload", notifications.Select(one => one.Payload).ToArray()), ("priority", notifications.Select(one => one.Priority.Word()).ToArray()),
        ("broadcast", notifications.Select(one => one.BroadcastId).ToArray())).Run(ct);

    private static IEnumerable<WebhookEvent> EventsOf(IReadOnlyList<NewNotification> notifications, IEnumerable<Recipient> told) =>
        from one in told
        where one.InApp || one.ByMail
        group one by one.Of into together
        orderby together.Key
        select NotificationEvent.Of(notifications[together.Key], together.Count(), [.. together.Where(one => one.InApp).Select(one => one.Id)], together.First().At);

    // As it stands in their list, so that a device need not ask for it.
    private static UserMessage MessageOf(NewNotification told, Recipient one)
    {
        var payload = told.Payload is { } json ? JsonElement.Parse(json) : (JsonElement?)null;
        var notification = new Notification(one.Id, told.Type.Word(), told.Title, told.Message, payload, told.Priority.Word(), Read: false, one.At, ReadAt: null);
        return new UserMessage(one.User, told.Type.EventType(), told.Priority.QueuePriority(), JsonSerializer.Serialize(notification, WebJson.Results));
    }

    // Nobody knows which language the reader has, so what is not the notification's own text is in both.
    private static OutgoingMail MailOf(NewNotification told, Recipient one) => new(
        one.User, $"Alur: {told.Title}", $"{told.Message}\n\n-- \nAlur · Pemberitahuan: Cara diberi tahu / Notifications: How to be told\n", one.Id);

    private static int[] Numbers(IReadOnlyList<NewNotification> notifications) => [.. Enumerable.Range(0, notifications.Count)];

    /// <summary>One person and one notification.</summary>
    private sealed record Recipient(int Of, Guid User, Guid Id, DateTimeOffset At, bool InApp, bool ByMail);
}
