using Alur.Platform.Data;
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

    /// <summary>In the caller's transaction, best as the last of it: what is told should not wait for what else is done.</summary>
    /// <returns>How many were told of each, in the order of the request.</returns>
    public async Task<IReadOnlyList<Notified>> Run(NpgsqlTransaction tx, IReadOnlyList<NewNotification> notifications, CancellationToken ct)
    {
        if (notifications.Count == 0) return [];
        var told = await Whom(tx, notifications, ct);
        var inApp = told.Where(one => one.InApp).ToList();
        if (inApp.Count > 0) await Insert(tx, notifications, inApp, ct);
        return [.. notifications.Select((_, n) => new Notified(inApp.Count(one => one.Of == n), told.Count(one => one.Of == n && one.ByMail)))];
    }

    private static async Task<List<Told>> Whom(NpgsqlTransaction tx, IReadOnlyList<NewNotification> notifications, CancellationToken ct)
    {
        var named = notifications.SelectMany((one, n) => one.To.Accounts.Select(account => (Of: n, Account: account))).ToList();
        var statement = tx.Statement(
            WhomSql,
            ("n", Numbers(notifications)), ("kind", notifications.Select(one => one.To.Kind).ToArray()), ("value", notifications.Select(one => one.To.Value).ToArray()),
            ("type", notifications.Select(one => one.Type.Word()).ToArray()), ("of", named.Select(one => one.Of).ToArray()), ("people", named.Select(one => one.Account).ToArray()));
        return await statement.Rows(
            r =>
            {
                var of = r.GetInt32(0);
                var (type, priority) = (notifications[of].Type, notifications[of].Priority);
                var wish = r.IsDBNull(3) ? Preference.Default(type) : new Preference(r.GetBoolean(3), r.Maybe<string>(4));
                return new Told(of, r.GetGuid(1), r.GetString(2), Guid.CreateVersion7(), r.GetFieldValue<DateTimeOffset>(5), wish.TakesInApp(priority), wish.TakesMail(priority));
            },
            ct);
    }

    private static Task<int> Insert(NpgsqlTransaction tx, IReadOnlyList<NewNotification> notifications, List<Told> told, CancellationToken ct) => tx.Statement(
        InsertSql,
        ("id", told.Select(one => one.Id).ToArray()), ("user", told.Select(one => one.User).ToArray()), ("of", told.Select(one => one.Of).ToArray()), ("at", told[0].At),
        ("n", Numbers(notifications)), ("type", notifications.Select(one => one.Type.Word()).ToArray()),
        ("title", notifications.Select(one => one.Title).ToArray()), ("message", notifications.Select(one => one.Message).ToArray()),
        ("payload", notifications.Select(one => one.Payload).ToArray()), ("priority", notifications.Select(one => one.Priority.Word()).ToArray()),
        ("broadcast", notifications.Select(one => one.BroadcastId).ToArray())).Run(ct);

    private static int[] Numbers(IReadOnlyList<NewNotification> notifications) => [.. Enumerable.Range(0, notifications.Count)];

    /// <summary>One person and one notification.</summary>
    private sealed record Told(int Of, Guid User, string Email, Guid Id, DateTimeOffset At, bool InApp, bool ByMail);
}
