namespace Alur.Platform.Realtime;

/// <summary>Something that one person is to be told, on every device of theirs.</summary>
/// <param name="UserId">Whom.</param>
/// <param name="EventType">One of <see cref="MessageTypes"/>.</param>
/// <param name="Priority">Lower is more urgent, see <see cref="MessagePriorities"/>.</param>
/// <param name="Payload">JSON of <see cref="LongestPayload"/> bytes at most.</param>
/// <param name="ExpiresAt">Not told any more from then on; null: after <see cref="Days"/> days.</param>
internal sealed record UserMessage(Guid UserId, string EventType, int Priority, string Payload, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Bytes of UTF-8; what is larger does not go through a socket beside everything else that waits for it.</summary>
    public const int LongestPayload = 16 * 1024;

    /// <summary>How long a message waits that does not say it itself.</summary>
    public const int Days = 30;
}

/// <summary>What messages are about: the types of the specification that people can be sent.</summary>
internal static class MessageTypes
{
    public const string ProjectUpdate = "project_update";
    public const string PaymentReceived = "payment_received";
    public const string SystemAlert = "system_alert";
    public const string AdminBroadcast = "admin_broadcast";
}

/// <summary>The four priorities of the specification as numbers, of which the lower is the more urgent.</summary>
internal static class MessagePriorities
{
    public const int Critical = -20;
    public const int High = -10;
    public const int Medium = 0;
    public const int Low = 10;
}
