using System.Globalization;
using Alur.Fuzzing;
using Alur.Fuzzing.Api;
using Alur.Testing;

namespace Alur.Benchmarks.Fuzz;

/// <summary>Every target of <see cref="FuzzTargets"/>, one after the other: as many cases each as asked for, all from one seed.</summary>
internal static class FuzzBench
{
    public const int FullCases = 100_000;
    public const int QuickCases = 100;

    /// <summary>Runs them; a broken claim is a figure, not an exception.</summary>
    /// <param name="cases">Of each target.</param>
    /// <param name="seed">The same seed runs the same cases.</param>
    /// <param name="only">Targets whose names begin so; null: all.</param>
    /// <param name="progress">One line per target.</param>
    public static async Task<FuzzFigures> Run(int cases, int seed, string? only, TextWriter progress, CancellationToken ct)
    {
        List<FuzzResult> results = [];
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{cases:N0} cases of each target from seed {seed}"));
        TestCluster.Use("fuzz");
        try
        {
            await using var api = await FuzzedApi.Start();
            foreach (var target in FuzzTargets.Pure.Concat(api.Targets).Where(t => only is null || t.Name.StartsWith(only, StringComparison.Ordinal)))
            {
                ct.ThrowIfCancellationRequested();
                var result = RunFuzz.Run(target, cases, seed);
                await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Name,-24} {result.PerSecond,10:N0} cases/s  {result.Broken ?? "holds"}"));
                results.Add(result);
            }
        }
        finally
        {
            await TestCluster.Stop();
        }

        return new FuzzFigures(results, cases, seed);
    }
}
