using System.Text.Json.Serialization;

namespace Alur.Platform.Notifications;

/// <summary>How somebody wants to be told of one type of notifications.</summary>
/// <param name="InApp">In their list, behind the bell and on their devices; what is <c>critical</c> is there in any case.</param>
/// <param name="EmailFrom">By e-mail what is at least as urgent: <c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>; null: nothing.</param>
public sealed record Preference(
    [property: JsonPropertyName("in_app")] bool InApp = true,
    [property: JsonPropertyName("email_from")] string? EmailFrom = null)
{
    /// <summary>Of who never chose: everything in the list, and by e-mail what an admin must see today.</summary>
    internal static Preference Default(NotificationType type) => new(EmailFrom: type == NotificationType.AdminAlert ? NotificationPriority.High.Word() : null);

    internal bool TakesInApp(NotificationPriority priority) => InApp || priority == NotificationPriority.Critical;

    internal bool TakesMail(NotificationPriority priority) => NotificationWords.PriorityOf(EmailFrom) is { } least && priority >= least;
}
