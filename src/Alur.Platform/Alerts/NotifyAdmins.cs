using System.Text.Json;
using Alur.Platform.Data;
using Alur.Platform.Notifications;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>
/// Puts what was told of alerts into the lists of those who run the installation, as <c>admin_alert</c>, in a transaction of its own: whatever holds it up or refuses it, the
/// alert is recorded and its own channels tell it. What was not written stays marked and comes with the next look, its beginning before its end.
/// </summary>
internal sealed class NotifyAdmins(NpgsqlDataSource db, Notify notify, AlertsOptions options)
{
    private const int AtOnce = 100;
    private const int LongestTitle = 200;
    private const int LongestMessage = 2000;

    // Of a look a minute, this one must not keep the next.
    private const string PatienceSql = "set local lock_timeout = '3s'; set local statement_timeout = '10s'";

    private const string WaitingSql = """
        select t.alert_id, a.name, a.text, a.raised_at, t.over_at, t.comes_back, t.notified_at is null
        from platform.told_alerts t join platform.alerts a on a.id = t.alert_id
        where t.notified_at is null or (t.over_at is not null and t.over_notified_at is null)
        order by t.alert_id limit @most
        for update of t skip locked
        """;

    private const string NotifiedSql = """
        update platform.told_alerts t set notified_at = coalesce(t.notified_at, now()), over_notified_at = case when t.over_at is not null then now() end
        where t.alert_id = any (@ids)
        """;

    // Whoever is told by Alerts:Smtp is not mailed the same a second time.
    private readonly string[] _mailed = options.Smtp is { Host: not null, To: { } to } ? to.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];

    /// <summary>Everything that waits, or nothing of it.</summary>
    public async Task RunOnce(CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await tx.Statement(PatienceSql).Run(ct);
        var waiting = await tx.Statement(WaitingSql, ("most", AtOnce)).Rows(Read, ct);
        if (waiting.Count == 0) return;
        await tx.Statement(NotifiedSql, ("ids", waiting.Select(one => one.Id).ToArray())).Run(ct);
        // One after the other: what is told in one call bears one time.
        var begun = await notify.Run(tx, [.. waiting.Where(one => one.Begins).Select(one => Notification(one.Id, one.Alert with { ClearedAt = null }))], ct);
        var over = await notify.Run(tx, [.. waiting.Where(one => one.Alert.IsOver).Select(one => Notification(one.Id, one.Alert))], ct);
        await tx.CommitAsync(ct);
        notify.Wake(begun);
        notify.Wake(over);
    }

    private Waiting Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        new Alert(row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.Maybe<DateTimeOffset?>(4), options.Language, row.GetBoolean(5)),
        row.GetBoolean(6));

    private NewNotification Notification(long id, Alert alert) => new(
        Audience.Admins, NotificationType.AdminAlert, Cut(alert.Title, LongestTitle), Cut(alert.Rest, LongestMessage), alert.IsOver ? NotificationPriority.Medium : NotificationPriority.High)
    {
        Payload = JsonSerializer.Serialize(new { alert = alert.Name, id, over = alert.IsOver }),
        MailedAnyway = _mailed,
    };

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";

    /// <summary>A told alert that people do not have in their lists yet, or of which they do not have the end.</summary>
    private sealed record Waiting(long Id, Alert Alert, bool Begins);
}
