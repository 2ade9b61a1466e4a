using System.Text.Json;
using Spectre.Console;

namespace Alur.Benchmarks.Journal;

/// <summary>What came out, against the goals. Entries per second, with the journal and without.</summary>
internal sealed record JournalFigures(
    double AppendPerSecond, double BarePerSecond, double BatchPerSecond, double BareBatchPerSecond, double ReplayPerSecond, Times Timeline,
    Times TailLag, int Entries) : IFigures
{
    private const double RatioGoal = 0.6;
    private const double ReplayGoal = 300_000;
    private const double TimelineGoal = 2;

    public double AppendRatio => BarePerSecond == 0 ? 0 : AppendPerSecond / BarePerSecond;

    public double BatchRatio => BareBatchPerSecond == 0 ? 0 : BatchPerSecond / BareBatchPerSecond;

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            AppendRatio = Math.Round(AppendRatio, 3),
            BatchRatio = Math.Round(BatchRatio, 3),
            AppendPerSecond = Math.Round(AppendPerSecond),
            BarePerSecond = Math.Round(BarePerSecond),
            BatchPerSecond = Math.Round(BatchPerSecond),
            BareBatchPerSecond = Math.Round(BareBatchPerSecond),
            ReplayPerSecond = Math.Round(ReplayPerSecond),
            TimelineP50Ms = Math.Round(Timeline.P50, 2),
            TimelineP99Ms = Math.Round(Timeline.P99, 2),
            TailLagP50Ms = Math.Round(TailLag.P50, 1),
            TailLagP99Ms = Math.Round(TailLag.P99, 1),
            TailSeen = TailLag.Count,
            Entries,
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = GoalTable.New();
        table.Row("one entry per transaction, with ÷ without", $"{AppendRatio:0.00}", $"≥ {RatioGoal:0.0}", AppendRatio >= RatioGoal);
        table.Row("  with the journal", $"{AppendPerSecond:N0}/s");
        table.Row("  without (same table, nobody looks)", $"{BarePerSecond:N0}/s");
        table.Row($"{JournalSize.Batch} entries per transaction, with ÷ without", $"{BatchRatio:0.00}", $"≥ {RatioGoal:0.0}", BatchRatio >= RatioGoal);
        table.Row("  with the journal", $"{BatchPerSecond:N0}/s");
        table.Row("  without", $"{BareBatchPerSecond:N0}/s");
        table.Row("replay in order", $"{ReplayPerSecond:N0}/s", $"≥ {ReplayGoal:N0}/s", ReplayPerSecond >= ReplayGoal);
        table.Row("timeline of a subject, 99th percentile", $"{Timeline.P99:0.00} ms", $"≤ {TimelineGoal:0} ms", Timeline.P99 <= TimelineGoal);
        table.Row("  half of them within", $"{Timeline.P50:0.00} ms");
        table.Row("a follower behind saturating writers, 99th percentile", $"{TailLag.P99:0.0} ms");
        table.Row("  half of the entries within", $"{TailLag.P50:0.0} ms");
        console.Write(table);
        console.WriteLine($"{JournalSize.Connections} connections; a transaction is begin, one change of state, what happened, commit. The timeline is asked of {Entries:N0} entries, "
            + $"{JournalSize.EntriesOfSubject} of a subject, scattered over the whole table. The follower saw {TailLag.Count:N0} entries.");
    }
}
