using System.Text.Json;
using Alur.Platform.Webhooks;

namespace Alur.Platform.Notifications;

/// <summary>
/// What other systems hear of a notification: ids of notifications, type and priority. Whose they are, title and message stay in the house: what has left is not erased.
/// </summary>
internal static class NotificationEvent
{
    // Of a broadcast to thousands nobody wants thousands of ids.
    private const int MostNamed = 100;

    /// <summary>All that there are.</summary>
    public static TypesBesideJournal Types { get; } = new([.. NotificationWords.AllTypes.Select(TypeOf)]);

    /// <summary>One for all who were told together.</summary>
    /// <param name="told">What.</param>
    /// <param name="people">How many were told, by whichever way.</param>
    /// <param name="notifications">Of those who have it in their list.</param>
    /// <param name="at">When.</param>
    public static WebhookEvent Of(NewNotification told, int people, IReadOnlyList<Guid> notifications, DateTimeOffset at)
    {
        var id = Guid.CreateVersion7();
        var data = JsonSerializer.Serialize(new
        {
            type = told.Type.Word(),
            priority = told.Priority.Word(),
            broadcast_id = told.BroadcastId,
            people,
            notifications = notifications.Count <= MostNamed ? notifications : null,
        });
        return new WebhookEvent(TypeOf(told.Type), id, data, at, $"notification:{id}");
    }

    private static string TypeOf(NotificationType type) => $"notification.{type.Word()}";
}
