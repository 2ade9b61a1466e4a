using Npgsql;

namespace Alur.Benchmarks.Journal;

/// <summary>
/// What the journal costs a transaction, and what reading it costs. With and without alternate on the same server; the median of the rounds
/// counts. Every entry that was counted is looked for afterwards.
/// </summary>
internal sealed class JournalBench(JournalDatabase database, JournalSize size, TextWriter progress)
{
    private const string Kept = "select (select count(*) from journal.entries where type = 'BENCH_STEP' and stream_id like 'bench:%'), (select count(*) from bench.entries)";

    private readonly Dictionary<(bool Journal, int Batch), List<double>> _rates = [];
    private long _counted;
    private long _countedBare;
    private int _names;

    public static async Task<JournalFigures> Run(string root, JournalSize size, TextWriter progress, CancellationToken ct)
    {
        await progress.WriteLineAsync($"Preparing a journal of {size.Entries:N0} entries …");
        await using var database = await JournalDatabase.Prepare(root, size, ct);
        return await new JournalBench(database, size, progress).Measure(ct);
    }

    private async Task<JournalFigures> Measure(CancellationToken ct)
    {
        var readers = new Readers(database);
        var timeline = await readers.Timelines(size.Timelines, size.Subjects, ct);
        await progress.WriteLineAsync($"timeline p50 {timeline.P50:0.00} ms, p99 {timeline.P99:0.00} ms");
        await readers.Replay(Math.Min(size.Replay, 100_000), ct);
        var replay = await readers.Replay(size.Replay, ct);
        await progress.WriteLineAsync($"replay {replay:N0}/s");
        await Append(journal: false, 1, TimeSpan.FromMilliseconds(size.Span.TotalMilliseconds / 2), record: false, ct);
        await Append(journal: true, 1, TimeSpan.FromMilliseconds(size.Span.TotalMilliseconds / 2), record: false, ct);
        for (var round = 1; round <= size.Rounds; round++)
        {
            foreach (var batch in (int[])[1, JournalSize.Batch])
            {
                await Append(journal: false, batch, size.Span, record: true, ct);
                await Append(journal: true, batch, size.Span, record: true, ct);
                await progress.WriteLineAsync($"round {round}, {batch} at a time: {_rates[(true, batch)][^1]:N0}/s with the journal, {_rates[(false, batch)][^1]:N0}/s without");
            }
        }

        var lag = await Lag(readers, ct);
        await Check(ct);
        return new JournalFigures(Median(true, 1), Median(false, 1), Median(true, JournalSize.Batch), Median(false, JournalSize.Batch), replay, timeline, lag, size.Entries);
    }

    private async Task Append(bool journal, int batch, TimeSpan span, bool record, CancellationToken ct)
    {
        await database.Checkpoint(ct);
        var rate = await Write(journal, JournalSize.Connections, batch, span, ct);
        if (!record) return;
        if (!_rates.TryGetValue((journal, batch), out var rates)) _rates[(journal, batch)] = rates = [];
        rates.Add(rate);
    }

    private async Task<double> Write(bool journal, int connections, int batch, TimeSpan span, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        over.CancelAfter(span);
        IPutDown how = journal ? new WithJournal(database.Types) : new BareInsert();
        var (rate, count) = await Writers.Run(database.App, how, connections, batch, $"{++_names}", over.Token);
        (_counted, _countedBare) = journal ? (_counted + count, _countedBare) : (_counted, _countedBare + count);
        return rate;
    }

    private async Task<Times> Lag(Readers readers, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var follower = Task.Run(() => readers.Lag(over.Token), CancellationToken.None);
        await Write(journal: true, JournalSize.Connections, 1, size.Span, ct);
        await over.CancelAsync();
        return await follower;
    }

    /// <summary>What was counted is what is there.</summary>
    private async Task Check(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Kept, await database.App.OpenConnectionAsync(ct)) { CommandTimeout = 600 };
        await using var connection = command.Connection!;
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (kept, bare) = (reader.GetInt64(0), reader.GetInt64(1));
        if ((kept, bare) != (_counted, _countedBare))
            throw new InvalidOperationException($"{_counted} and {_countedBare} entries were counted, {kept} and {bare} are there.");
    }

    private double Median(bool journal, int batch) => _rates[(journal, batch)].Order().ElementAt(size.Rounds / 2);
}
