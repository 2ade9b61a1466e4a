namespace Alur.Platform.Realtime;

/// <summary>A device of a person, as one of its sockets knows it.</summary>
/// <param name="ConnectionId">By which it is known when it comes back.</param>
/// <param name="Attached">Which socket of the device it is; an earlier one has nothing to say any more.</param>
/// <param name="Seen">What was committed when it took what waited, as a <c>pg_snapshot</c>; null: nothing can have escaped it.</param>
internal sealed record Device(string ConnectionId, long Attached, string? Seen = null);

/// <summary>Limits of devices and of what is sent to them. Part of the dialect, so not settings.</summary>
internal static class DeviceLimits
{
    /// <summary>Devices of one person.</summary>
    public const int Devices = 50;

    /// <summary>Devices without an open socket that messages are left for, of one person: those seen last.</summary>
    public const int Closed = 10;

    /// <summary>Messages that a device is given at once of those that wait for others: the most urgent, then the newest.</summary>
    public const int HandedOn = 200;

    /// <summary>Days after which a device that was not seen is forgotten.</summary>
    public const int SeenDays = 7;

    /// <summary>Minutes after which a device is taken for gone whose node has not said otherwise.</summary>
    public const int SilentMinutes = 3;

    /// <summary>Messages that one socket may have that are not acknowledged; the next are sent when some are.</summary>
    public const int InFlight = 100;

    /// <summary>Messages that are read for a device at once.</summary>
    public const int AtOnce = 25;

    /// <summary>Ids in one acknowledgement.</summary>
    public const int Acknowledged = 100;

    /// <summary>People who are named as followers of a topic; more are only counted.</summary>
    public const int Present = 100;

    /// <summary>Acknowledgements of one socket that wait to be written; above that it is not heard.</summary>
    public const int Unwritten = 400;
}
