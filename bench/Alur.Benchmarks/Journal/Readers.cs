using System.Diagnostics;
using Alur.Platform.Journal;

namespace Alur.Benchmarks.Journal;

/// <summary>What reading costs: everything in order, one subject's timeline, and how late a follower is beside writers.</summary>
internal sealed class Readers(JournalDatabase database)
{
    private readonly JournalTail _tail = new(database.App, database.Types);

    /// <summary>Entries per second, read in order behind the horizon.</summary>
    public async Task<double> Replay(int count, CancellationToken ct)
    {
        await using var connection = await database.App.OpenConnectionAsync(ct);
        var (horizon, place, read) = (new TailHorizon(), 0L, 0);
        var clock = Stopwatch.StartNew();
        while (read < count)
        {
            var page = await _tail.Look(connection, horizon, place, only: null, Math.Min(5_000, count - read), ct);
            if (page.Entries.Count == 0) throw new InvalidOperationException($"Only {read} entries are there.");
            (place, read) = (page.ReadTo, read + page.Entries.Count);
        }

        return read / clock.Elapsed.TotalSeconds;
    }

    /// <summary>A whole timeline of one subject, in milliseconds.</summary>
    public async Task<Times> Timelines(int count, int subjects, CancellationToken ct)
    {
        var timeline = new ReadTimeline(database.App, database.Types);
        var random = new Random(1);
        var times = new List<double>();
        for (var i = 0; i < count * 2; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            var entries = await timeline.OfSubjectId($"subject-{random.Next(subjects)}", ct: ct);
            var taken = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
            if (entries.Count != JournalSize.EntriesOfSubject) throw new InvalidOperationException($"A subject has {entries.Count} entries.");
            if (i >= count) times.Add(taken); // the first half warms both sides up
        }

        return Times.Of(times);
    }

    /// <summary>From an entry's recording until a follower has it, in milliseconds.</summary>
    public async Task<Times> Lag(CancellationToken ct)
    {
        var lags = new List<double>();
        try
        {
            await foreach (var entry in _tail.Follow(await _tail.End(ct), ct)) lags.Add((DateTimeOffset.UtcNow - entry.RecordedAt).TotalMilliseconds);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The writers have stopped.
        }

        return Times.Of(lags);
    }
}
