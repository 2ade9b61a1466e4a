using System.Net.WebSockets;

namespace Alur.Platform.Realtime;

/// <summary>Why the server ends a socket; the codes are part of the dialect.</summary>
internal sealed record CloseReason(int Code, string Text)
{
    public static CloseReason Normal { get; } = new((int)WebSocketCloseStatus.NormalClosure, "");

    public static CloseReason GoingAway { get; } = new((int)WebSocketCloseStatus.EndpointUnavailable, "server stops; come back within 5 seconds");

    public static CloseReason Invalid { get; } = new(4400, "too many messages that are none");

    public static CloseReason SessionEnded { get; } = new(4401, "session ended");

    public static CloseReason RoleChanged { get; } = new(4403, "not allowed any more");

    public static CloseReason TakenOver { get; } = new(4409, "the device has a newer socket");

    public static CloseReason TooLarge { get; } = new(4413, "message too large");

    public static CloseReason TooMany { get; } = new(4429, "too many messages");

    public static CloseReason TooSlow { get; } = new(4508, "too slow");

    public WebSocketCloseStatus Status => (WebSocketCloseStatus)Code;
}
