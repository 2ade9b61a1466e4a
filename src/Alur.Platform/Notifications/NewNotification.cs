namespace Alur.Platform.Notifications;

/// <summary>Something that people are to be told.</summary>
/// <param name="To">Whom.</param>
/// <param name="Type">Of what sort it is; people choose by it how they are told.</param>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="Message">1 to 2,000 characters, without markup.</param>
/// <param name="Priority">How urgent it is.</param>
public sealed record NewNotification(
    Audience To, NotificationType Type, string Title, string Message, NotificationPriority Priority = NotificationPriority.Medium)
{
    /// <summary>A JSON object for programs; null: none.</summary>
    public string? Payload { get; init; }

    /// <summary>The broadcast that it is of.</summary>
    internal Guid? BroadcastId { get; init; }
}

/// <summary>How many were told.</summary>
/// <param name="People">Who have it in their list.</param>
/// <param name="Mails">Who are told by e-mail, in their list or not.</param>
public sealed record Notified(int People, int Mails);
