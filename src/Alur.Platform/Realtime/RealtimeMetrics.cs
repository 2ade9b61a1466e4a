using System.Diagnostics.Metrics;

namespace Alur.Platform.Realtime;

/// <summary>Meter <c>Alur.Realtime</c>.</summary>
internal static class RealtimeMetrics
{
    private static readonly Meter Meter = new("Alur.Realtime");

    public static readonly Counter<long> Sent = Meter.CreateCounter<long>("alur.realtime.messages.sent", "{message}", "Messages for people that went out to a device, each time counted.");

    public static readonly Counter<long> Acknowledged = Meter.CreateCounter<long>("alur.realtime.messages.acknowledged", "{message}", "Acknowledgements that were written.");

    public static readonly Counter<long> Attached = Meter.CreateCounter<long>("alur.realtime.devices.attached", "{device}", "Sockets that became a device's present one.");
}
