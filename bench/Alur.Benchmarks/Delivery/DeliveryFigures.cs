using System.Text.Json;
using Spectre.Console;

namespace Alur.Benchmarks.Delivery;

/// <summary>What came out, per second and in milliseconds, against the goals.</summary>
internal sealed record DeliveryFigures(
    double OrderedPerSecond, double UnorderedPerSecond, double LimitPerSecond, double ClaimP99Ms, int ParkedLanes, int JobsPerRun,
    RowCounts Rows, string Cpu) : IFigures
{
    private const double OrderedGoal = 4_000;
    private const double RatioGoal = 0.5;
    private const double ClaimGoal = 25;

    public double LimitRatio => LimitPerSecond == 0 ? 0 : OrderedPerSecond / LimitPerSecond;

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            OrderedPerSecond = Math.Round(OrderedPerSecond),
            UnorderedPerSecond = Math.Round(UnorderedPerSecond),
            LimitPerSecond = Math.Round(LimitPerSecond),
            LimitRatio = Math.Round(LimitRatio, 3),
            ClaimP99Ms = Math.Round(ClaimP99Ms, 1),
            ParkedLanes,
            JobsPerRun,
            Rows,
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = GoalTable.New();
        table.Row("in order per visit", $"{OrderedPerSecond:N0}/s", $"≥ {OrderedGoal:N0}/s", OrderedPerSecond >= OrderedGoal);
        table.Row("limit (bare loop, no queue)", $"{LimitPerSecond:N0}/s");
        table.Row("in order ÷ limit", $"{LimitRatio:0.00}", $"≥ {RatioGoal:0.0}", LimitRatio >= RatioGoal);
        table.Row("claim, 99th percentile", $"{ClaimP99Ms:0.0} ms", $"< {ClaimGoal:0} ms", ClaimP99Ms < ClaimGoal);
        table.Row("unordered (a lane per job)", $"{UnorderedPerSecond:N0}/s");
        console.Write(table);
        console.WriteLine($"{JobsPerRun:N0} jobs per run beside {ParkedLanes:N0} parked lanes; rows after the last run, warm-up included: "
            + $"{Rows.Jobs:N0} sent jobs, {Rows.Attempts:N0} attempts, {Rows.Tasks:N0} tasks, {Rows.History:N0} history.");
        console.WriteLine($"What limits it is the processor: {Environment.ProcessorCount} cores for all three parties. {Cpu}.");
    }
}
