using System.Text.Json;
using Spectre.Console;

namespace Alur.Benchmarks.Poll;

/// <summary>What came out, against the goals.</summary>
/// <param name="OldRows">Visits before the window.</param>
/// <param name="Visits">Visits in the window.</param>
/// <param name="Old">A poll that finds nothing changed, with the old visits.</param>
/// <param name="Young">The same without them.</param>
/// <param name="Changed">A poll that finds one visit in twenty changed, with the old visits.</param>
/// <param name="Polls">Polls of each kind that counted.</param>
internal sealed record PollFigures(int OldRows, int Visits, PollCost Old, PollCost Young, PollCost Changed, int Polls) : IFigures
{
    private const double RatioGoal = 1.2;
    private const double CpuGoal = 150;

    /// <summary>Processor time of all three parties, with the old visits ÷ without.</summary>
    public double CostRatio => Old.Cpu.Total / Young.Cpu.Total;

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            OldRows,
            CostRatio = Math.Round(CostRatio, 3),
            CpuMs = Math.Round(Old.Cpu.Own.TotalMilliseconds, 1),
            CpuMsChanged = Math.Round(Changed.Cpu.Own.TotalMilliseconds, 1),
            Old.Statements,
            Rows = Old.Rows,
            RowsWithoutOld = Young.Rows,
            MariaDbCpuMs = Math.Round(Old.Cpu.Other.TotalMilliseconds, 1),
            PostgresCpuMs = Math.Round(Old.Cpu.Database.TotalMilliseconds, 1),
            PostgresCpuMsChanged = Math.Round(Changed.Cpu.Database.TotalMilliseconds, 1),
            Visits,
            Polls,
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = new Table().AddColumns("a poll that finds", "our CPU", "MariaDB's", "PostgreSQL's", "statements", "rows read");
        Row("nothing changed", Old);
        Row("nothing changed, no old visits", Young);
        Row("one visit in twenty changed", Changed);
        console.Write(table);
        console.MarkupLine($"cost with ÷ without the old visits: {CostRatio:0.00} (goal ≤ {RatioGoal}) {GoalTable.Verdict(CostRatio <= RatioGoal)}");
        console.MarkupLine($"our CPU when nothing changed: {Old.Cpu.Own.TotalMilliseconds:0} ms (goal ≤ {CpuGoal} ms) {GoalTable.Verdict(Old.Cpu.Own.TotalMilliseconds <= CpuGoal)}");
        console.WriteLine($"{Visits:N0} visits in the window, {OldRows:N0} before it; median of rounds, {Polls} polls of each kind.");

        void Row(string what, PollCost cost) => table.AddRow(
            what, $"{cost.Cpu.Own.TotalMilliseconds:0} ms", $"{cost.Cpu.Other.TotalMilliseconds:0} ms", $"{cost.Cpu.Database.TotalMilliseconds:0} ms", $"{cost.Statements}", $"{cost.Rows:N0}");
    }
}
