namespace Alur.Platform.Web.Metrics;

/// <summary>The measurements of one instrument with one set of labels.</summary>
internal sealed class Series
{
    /// <summary>Upper bounds for sizes, milliseconds and seconds alike.</summary>
    public static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000];

    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[Bounds.Length];
    private double _sum;
    private long _count;

    public void Take(double value, MetricKind kind)
    {
        lock (_gate)
        {
            _sum = kind is MetricKind.Gauge or MetricKind.AskedCounter ? value : _sum + value;
            _count++;
            if (kind != MetricKind.Histogram) return;
            var bucket = Array.FindIndex(Bounds, bound => value <= bound);
            if (bucket >= 0) _buckets[bucket]++;
        }
    }

    /// <summary>Sum (or the latest), count, and how many fell under each bound but not under the one before.</summary>
    public (double Sum, long Count, long[] Buckets) Read()
    {
        lock (_gate) return (_sum, _count, [.. _buckets]);
    }
}
