using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Alur.Antrean.Board;

namespace Alur.Antrean;

/// <summary>Meter <c>Alur.Antrean</c>: whether polls read, tasks are found and queued, and how every task stands.</summary>
internal sealed class AntreanMetrics : IDisposable
{
    private readonly Meter _meter = new("Alur.Antrean");
    private readonly ConcurrentDictionary<string, TaskCounts> _standing = new(StringComparer.Ordinal);
    private readonly Counter<long> _polls;
    private readonly Counter<long> _visits;
    private readonly Counter<long> _observed;
    private readonly Counter<long> _queued;
    private readonly Histogram<double> _duration;

    /// <summary>This instance's meter.</summary>
    public Meter Meter => _meter;

    public AntreanMetrics()
    {
        _polls = _meter.CreateCounter<long>("antrean.polls", description: "Polls of a Khanza database, by result");
        _visits = _meter.CreateCounter<long>("antrean.visits.written", description: "Visits made or changed by polls");
        _observed = _meter.CreateCounter<long>("antrean.tasks.observed", description: "Tasks seen for the first time");
        _queued = _meter.CreateCounter<long>("antrean.tasks.queued", description: "Delivery jobs made or refreshed by the builder");
        _duration = _meter.CreateHistogram<double>("antrean.poll.duration", "s", "Reading and storing one poll");
        _meter.CreateObservableGauge("antrean.tasks", Standing, description: "Tasks by where they stand");
        _meter.CreateObservableGauge("antrean.visits.incomplete", Incomplete, description: "Visits whose last task was sent while an earlier one was not; must be 0");
    }

    public void Polled(string site, PollOutcome outcome)
    {
        _polls.Add(1, Tag("site", site), Tag("result", "ok"));
        _visits.Add(outcome.Written, Tag("site", site));
        _observed.Add(outcome.Observed, Tag("site", site));
        _duration.Record(outcome.Elapsed.TotalSeconds, Tag("site", site));
    }

    public void PollFailed(string site) => _polls.Add(1, Tag("site", site), Tag("result", "failed"));

    public void Queued(string site, int jobs) => _queued.Add(jobs, Tag("site", site));

    /// <summary>The counts shown until the next call.</summary>
    public void Stand(string site, TaskCounts counts) => _standing[site] = counts;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Standing() =>
        from s in _standing
        from x in new (string State, long Count)[]
        {
            ("sent", s.Value.Sent), ("held", s.Value.Held), ("failed", s.Value.Failed), ("cancelled", s.Value.Cancelled), ("pending", s.Value.Pending),
        }
        select new Measurement<long>(x.Count, Tag("site", s.Key), Tag("state", x.State));

    private IEnumerable<Measurement<long>> Incomplete() => _standing.Select(s => new Measurement<long>(s.Value.Incomplete, Tag("site", s.Key)));

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);

    /// <summary>What a poll did, for the meter.</summary>
    internal sealed record PollOutcome(int Written, int Observed, TimeSpan Elapsed);
}
