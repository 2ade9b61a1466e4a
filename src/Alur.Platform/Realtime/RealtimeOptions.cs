using System.ComponentModel.DataAnnotations;

namespace Alur.Platform.Realtime;

/// <summary>Section <c>Realtime</c>: what this node takes of its sockets.</summary>
public sealed class RealtimeOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Realtime";

    /// <summary>Seconds between two signs of life of the server; a client that answers nothing for as long again is given up.</summary>
    [Range(1, 300, ErrorMessage = "Realtime:HeartbeatSeconds must be between 1 and 300.")]
    public int HeartbeatSeconds { get; set; } = 25;

    /// <summary>Most sockets of this node; whoever comes later is refused.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Realtime:MaxSockets must be between 1 and 1000000.")]
    public int MaxSockets { get; set; } = 20_000;

    /// <summary>Most sockets of people without an account from one address; none: a quarter of <see cref="MaxSockets"/>.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Realtime:SocketsPerAddress must be between 1 and 1000000.")]
    public int? SocketsPerAddress { get; set; }

    /// <summary>Seconds that one frame may take to leave before its socket is given up.</summary>
    [Range(1, 300, ErrorMessage = "Realtime:SendSeconds must be between 1 and 300.")]
    public int SendSeconds { get; set; } = 20;

    /// <summary>For looking into a trouble: every sign of life of every device becomes a row of <c>realtime.websocket_events</c>. Costs a row per device and heartbeat.</summary>
    public bool RecordHeartbeats { get; set; }

    /// <summary>Seconds after which a changed role, or the end of a session, is noticed at the latest.</summary>
    [Range(1, 60, ErrorMessage = "Realtime:SessionCheckSeconds must be between 1 and 60.")]
    public int SessionCheckSeconds { get; set; } = 5;
}

/// <summary>Limits of one socket. Part of the dialect, so not settings.</summary>
internal static class SocketLimits
{
    public const int MessageBytes = 16 * 1024;
    public const int Fragments = 64;
    public const int OfAccount = 100;
    public const int Topics = 50;
    public const int TopicLength = 200;
    public const int MessagesPerSecond = 30;
    public const int Burst = 60;
    public const int InvalidMessages = 10;
    public const int WaitingFrames = 1024;
    public const int WaitingBytes = 1024 * 1024;
}
