using System.Diagnostics.Metrics;

namespace Alur.Platform.Delivery;

/// <summary>Meter <c>Alur.Delivery</c>.</summary>
internal static class DeliveryMetrics
{
    private static readonly Meter Meter = new("Alur.Delivery");

    public static readonly Counter<long> Claims =
        Meter.CreateCounter<long>("alur.delivery.claims", "{lane}", "Lanes claimed.");

    public static readonly Counter<long> Results =
        Meter.CreateCounter<long>("alur.delivery.results", "{job}", "Jobs settled, by outcome; GIVEN_BACK are those leased and not called.");

    public static readonly Counter<long> FencedOff =
        Meter.CreateCounter<long>("alur.delivery.fenced_off", "{job}", "Results whose lease was lost before they could be settled.");

    public static readonly Counter<long> BreakerChanges =
        Meter.CreateCounter<long>("alur.delivery.breaker_changes", "{change}", "Breakers that changed their state, by new state.");

    public static readonly Histogram<double> ClaimDuration =
        Meter.CreateHistogram<double>("alur.delivery.claim.duration", "ms", "One claim, round trip included.");

    public static readonly Histogram<double> SettleDuration =
        Meter.CreateHistogram<double>("alur.delivery.settle.duration", "ms", "One settle, round trips included.");

    public static readonly Histogram<int> SettleSize =
        Meter.CreateHistogram<int>("alur.delivery.settle.size", "{job}", "Results settled together.");
}
