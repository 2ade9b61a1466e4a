using System.Globalization;
using System.Text.Json;
using Alur.Platform.Delivery;
using Alur.Platform.Notifications;
using Npgsql;

namespace Alur.Platform.Alerts;

/// <summary>Tells that an alert began or is over: by every configured channel, and to those who run the installation as <c>admin_alert</c>.</summary>
internal sealed class TellAlerts(DeliveryQueue queue, Notify notify, AlertsOptions options)
{
    private const int LongestTitle = 200;
    private const int LongestMessage = 2000;

    // Whoever is told by Alerts:Smtp is not mailed the same a second time.
    private readonly string[] _mailed = options.Smtp is { Host: not null, To: { } to } ? to.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];

    /// <summary>In the transaction that records them.</summary>
    public async Task<Told> Run(NpgsqlTransaction tx, IReadOnlyList<(long Id, Alert Alert)> changes, CancellationToken ct)
    {
        foreach (var channel in AlertChannels.Of(options)) await queue.Enqueue(tx, channel, [.. changes.Select(Delivery)], ct);
        return await notify.Run(tx, [.. changes.Select(change => Notification(change.Id, change.Alert))], ct);
    }

    /// <summary>After the commit.</summary>
    public void Wake(Told told)
    {
        foreach (var channel in AlertChannels.Of(options)) queue.Wake(channel);
        notify.Wake(told);
    }

    private static NewDelivery Delivery((long Id, Alert Alert) change) =>
        new(change.Id.ToString("D12", CultureInfo.InvariantCulture), change.Alert.IsOver ? 1 : 0, change.Alert.ToPayload());

    private NewNotification Notification(long id, Alert alert) => new(
        Audience.Admins, NotificationType.AdminAlert, Cut(alert.Title, LongestTitle), Cut(alert.Rest, LongestMessage), alert.IsOver ? NotificationPriority.Medium : NotificationPriority.High)
    {
        Payload = JsonSerializer.Serialize(new { alert = alert.Name, id, over = alert.IsOver }),
        MailedAnyway = _mailed,
    };

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";
}
