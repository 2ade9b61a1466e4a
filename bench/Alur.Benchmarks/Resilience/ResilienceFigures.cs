using System.Text.Json;
using Spectre.Console;

namespace Alur.Benchmarks.Resilience;

/// <summary>What a breaker costs a call that goes well, in microseconds of processor time: ours and PostgreSQL's.</summary>
/// <param name="With">A call through a channel with a breaker.</param>
/// <param name="Without">The same without one.</param>
/// <param name="Difference">Between the two, by pairs; what is below zero is noise.</param>
/// <param name="Question">How much longer a round trip takes that asks the breakers; every settle does.</param>
/// <param name="Batch">Calls that are settled together, on average.</param>
/// <param name="Jobs">Calls of a run.</param>
/// <param name="Rounds">Pairs of runs.</param>
internal sealed record ResilienceFigures(double With, double Without, double Difference, double Question, double Batch, int Jobs, int Rounds) : IFigures
{
    private const double Goal = 20;

    /// <summary>The difference, and the call's share of the question.</summary>
    public double Overhead => Math.Max(0, Difference) + (Batch == 0 ? Question : Question / Batch);

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            OverheadMicroseconds = Math.Round(Overhead, 2),
            DifferenceMicroseconds = Math.Round(Difference, 2),
            QuestionMicroseconds = Math.Round(Question, 2),
            SettledTogether = Math.Round(Batch, 1),
            WithMicroseconds = Math.Round(With, 1),
            WithoutMicroseconds = Math.Round(Without, 1),
            Jobs,
            Rounds,
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = GoalTable.New();
        table.Row("a breaker's price for a call that goes well", $"{Overhead:0.0} µs", $"≤ {Goal:0} µs", Overhead <= Goal);
        table.Row("a call with a breaker, without one", $"{With:0.0} µs, {Without:0.0} µs");
        table.Row("their difference, median of pairs", $"{Difference:0.0} µs");
        table.Row("asking the breakers, once for all calls settled together", $"{Question:0.0} µs for {Batch:0} calls");
        console.Write(table);
        console.WriteLine($"{Rounds} pairs of runs of {Jobs:N0} calls to a destination that answers at once; processor time of this program and of PostgreSQL.");
    }
}
