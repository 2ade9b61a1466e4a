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
    /// <summary>A JSON object of 4 KiB at most, for programs; null: none.</summary>
    public string? Payload { get; init; }

    /// <summary>The broadcast that it is of.</summary>
    internal Guid? BroadcastId { get; init; }

    /// <summary>E-mail addresses, in any case, that are told of it by mail in another way.</summary>
    internal IReadOnlyCollection<string> MailedAnyway { get; init; } = [];
}

/// <summary>How many were told of one notification.</summary>
/// <param name="People">Who have it in their list.</param>
/// <param name="Mails">Who want it by e-mail, in their list or not; it goes out if there is a mail server.</param>
public sealed record Notified(int People, int Mails);

/// <summary>What was told in a transaction; after its commit <see cref="Notify.Wake"/> hurries it.</summary>
/// <param name="Each">Of each notification, in the order of the request.</param>
/// <param name="People">Whose devices have something new.</param>
/// <param name="Channels">Ways out that have something new.</param>
public sealed record Told(IReadOnlyList<Notified> Each, IReadOnlyCollection<Guid> People, IReadOnlyList<string> Channels);
