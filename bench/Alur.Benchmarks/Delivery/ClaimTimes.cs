using System.Diagnostics.Metrics;

namespace Alur.Benchmarks.Delivery;

/// <summary>Collects what the engine says of its claims and settles while it is alive.</summary>
internal sealed class ClaimTimes : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<double> _claims = [];
    private readonly List<int> _settles = [];
    private readonly Lock _gate = new();

    public ClaimTimes()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "alur.delivery.claim.duration" or "alur.delivery.settle.size")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, value, _, _) => Add(_claims, value));
        _listener.SetMeasurementEventCallback<int>((_, value, _, _) => Add(_settles, value));
        _listener.Start();
    }

    public void Clear()
    {
        lock (_gate)
        {
            _claims.Clear();
            _settles.Clear();
        }
    }

    /// <summary>99 of 100 claims were no slower, in milliseconds.</summary>
    public double P99()
    {
        lock (_gate)
        {
            return _claims.Count == 0 ? 0 : _claims.Order().ElementAt((int)Math.Ceiling(_claims.Count * 0.99) - 1);
        }
    }

    /// <summary>Results written together, on average.</summary>
    public double MeanBatch()
    {
        lock (_gate)
        {
            return _settles.Count == 0 ? 0 : _settles.Average();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add<T>(List<T> values, T value)
    {
        lock (_gate)
        {
            values.Add(value);
        }
    }
}
