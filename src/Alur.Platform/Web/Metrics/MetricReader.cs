using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Web.Metrics;

/// <summary>
/// Adds up what this process measures, from its start on, and writes it in the text format that Prometheus reads. Ours, the web server's, the runtime's and
/// the database driver's; nothing else is listened to.
/// </summary>
internal sealed partial class MetricReader : IHostedService, IDisposable
{
    /// <summary>More than this of one instrument is a mistake of whoever named the tags; further ones are left out.</summary>
    private const int MostSeries = 1000;

    /// <summary>What is listened to, by the beginning of its name.</summary>
    internal static readonly string[] Meters = ["Alur", "Microsoft.AspNetCore.Hosting", "System.Runtime", "Npgsql"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Measured> _instruments = new();
    private readonly ILogger<MetricReader> _log;
    private bool _failing;

    public MetricReader(ILogger<MetricReader> log)
    {
        _log = log;
        _listener.InstrumentPublished = Publish;
        _listener.MeasurementsCompleted = (instrument, state) => _instruments.TryRemove(instrument, out _);
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>Everything as it is now.</summary>
    public string Text()
    {
        Observe();
        var text = new StringBuilder();
        // Two meters may have an instrument of one name (each host has its own): they are one family, told apart by nothing, so added up.
        foreach (var family in _instruments.Values.GroupBy(m => m.Name, StringComparer.Ordinal).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            MetricText.Write(text, family.First(), family.SelectMany(m => m.Series).GroupBy(s => s.Key, s => s.Value, StringComparer.Ordinal));
        }

        return text.ToString();
    }

    private void Observe()
    {
        foreach (var observed in _instruments.Where(i => i.Key.IsObservable)) observed.Value.Series.Clear();
        try
        {
            _listener.RecordObservableInstruments();
            _failing = false;
        }
        catch (AggregateException e)
        {
            // One that cannot be asked must not hide the others.
            if (!_failing) LogUnasked(e.InnerExceptions[0].Message);
            _failing = true;
        }
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!Meters.Any(name => instrument.Meter.Name.StartsWith(name, StringComparison.Ordinal))) return;
        _instruments[instrument] = new Measured(instrument);
        listener.EnableMeasurementEvents(instrument);
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_instruments.TryGetValue(instrument, out var measured)) return;
        var labels = Labels(tags);
        if (!measured.Series.TryGetValue(labels, out var series))
        {
            if (measured.Series.Count >= MostSeries) return;
            series = measured.Series.GetOrAdd(labels, _ => new Series());
        }

        series.Take(value, measured.Kind);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var labels = new List<string>(tags.Length);
        foreach (var (name, value) in tags)
        {
            if (value is not null) labels.Add($"{MetricText.Name(name)}=\"{MetricText.Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}\"");
        }

        labels.Sort(StringComparer.Ordinal);
        return string.Join(',', labels);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A metric cannot be read ({Reason}); this line appears once until it can.")]
    private partial void LogUnasked(string reason);
}

/// <summary>How an instrument's measurements become one number.</summary>
internal enum MetricKind
{
    /// <summary>Added up; never falls.</summary>
    Counter,

    /// <summary>Added up; may fall.</summary>
    UpDown,

    /// <summary>The latest one.</summary>
    Gauge,

    /// <summary>A counter that is asked for its sum.</summary>
    AskedCounter,

    /// <summary>Counted by size.</summary>
    Histogram,
}

/// <summary>One instrument with its series by their labels.</summary>
internal sealed class Measured(Instrument instrument)
{
    public string Name { get; } = MetricText.Name(instrument.Name);

    public string Help { get; } = instrument.Description ?? "";

    public MetricKind Kind { get; } = instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" => MetricKind.Counter,
        "UpDownCounter" => MetricKind.UpDown,
        "Histogram" => MetricKind.Histogram,
        "ObservableCounter" => MetricKind.AskedCounter,
        _ => MetricKind.Gauge,
    };

    public ConcurrentDictionary<string, Series> Series { get; } = new(StringComparer.Ordinal);
}
