using System.Globalization;
using System.Text.Json;
using Alur.Fuzzing;
using Spectre.Console;

namespace Alur.Benchmarks.Fuzz;

/// <summary>What came of the targets.</summary>
/// <param name="Results">One per target.</param>
/// <param name="Cases">Cases of each.</param>
/// <param name="Seed">Runs the same ones again.</param>
internal sealed record FuzzFigures(IReadOnlyList<FuzzResult> Results, int Cases, int Seed) : IFigures
{
    public bool Reached => Results.Count > 0 && Results.All(r => r.Broken is null);

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Ok = Reached,
            Cases,
            Seed,
            CasesPerSecond = Math.Round(Results.Sum(r => (double)r.Cases) / Math.Max(0.001, Results.Sum(r => r.Elapsed.TotalSeconds))),
            Targets = Results.Select(r => new { r.Name, CasesPerSecond = Math.Round(r.PerSecond), r.Broken }),
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = new Table().AddColumn("target").AddColumn(new TableColumn("cases/s").RightAligned()).AddColumn("every claim holds");
        foreach (var result in Results)
        {
            table.AddRow(result.Name, result.PerSecond.ToString("N0", CultureInfo.InvariantCulture), result.Broken is null ? "yes" : Markup.Escape($"NO: {result.Broken}"));
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Cases:N0} cases of each from seed {Seed}; --seed {Seed} runs them again"));
    }
}
