using System.Diagnostics.Metrics;

namespace Alur.Platform.Journal;

/// <summary>What the relays of this process did, by relay.</summary>
internal static class RelayMetrics
{
    private static readonly Meter Meter = new("Alur.Journal");

    private static readonly Counter<long> Entries =
        Meter.CreateCounter<long>("alur.journal.relayed", "{entry}", "Entries that somebody outside has been told, repetitions included.");

    private static readonly Counter<long> Waits =
        Meter.CreateCounter<long>("alur.journal.relay_waits", "{try}", "Tries at which whoever is to be told was away.");

    public static void Told(string relay, int entries) => Entries.Add(entries, new KeyValuePair<string, object?>("relay", relay));

    public static void Waited(string relay) => Waits.Add(1, new KeyValuePair<string, object?>("relay", relay));
}
