namespace Alur.Platform.Realtime;

/// <summary>A message was refused; the socket stays.</summary>
internal sealed record SocketError(string Code, string Message, string? Topic = null)
{
    public static SocketError MessageInvalid(string why) => new("MESSAGE_INVALID", why);

    public static SocketError TopicUnknown(string topic) => new("TOPIC_UNKNOWN", "There is no such topic.", topic);

    public static SocketError TopicForbidden(string topic) => new("TOPIC_FORBIDDEN", "You may not follow this topic. Sign in, or ask somebody with the role admin.", topic);

    public static SocketError TooManyTopics(string topic) => new("TOO_MANY_TOPICS", $"A socket follows {SocketLimits.Topics} topics at most.", topic);

    public static SocketError PresenceUnknown(string topic) => new("PRESENCE_UNKNOWN", "This topic does not tell who follows it.", topic);

    public static SocketError NoDevice() => new("NO_DEVICE", $"This socket has no connection_id, so no messages wait for it. Sign in first; a person has {DeviceLimits.Devices} devices with an open socket at most.");
}
