using System.Diagnostics;
using FsCheck;

namespace Alur.Fuzzing;

/// <summary>Runs one target.</summary>
public static class RunFuzz
{
    /// <summary>Runs <paramref name="cases"/> cases of it; the same seed runs the same ones.</summary>
    public static FuzzResult Run(FuzzTarget target, int cases, int seed)
    {
        // The generator wants two numbers, the second of them odd.
        var config = Config.QuickThrowOnFailure.WithMaxTest(cases).WithQuietOnSuccess(true).WithReplay((ulong)seed, ((ulong)seed << 1) | 1);
        var clock = Stopwatch.StartNew();
        try
        {
            target.Property().Check(config);
            return new FuzzResult(target.Name, cases, seed, clock.Elapsed, Broken: null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new FuzzResult(target.Name, cases, seed, clock.Elapsed, WithoutStack(e.Message));
        }
    }

    private static string WithoutStack(string message) =>
        string.Join('\n', message.Split('\n').Where((line, i) => line.Trim().Length > 0 && (!line.StartsWith("   at ", StringComparison.Ordinal) || i < 12)));
}

/// <summary>What came of a target.</summary>
/// <param name="Name">The target.</param>
/// <param name="Cases">How many were asked for.</param>
/// <param name="Seed">Runs the same ones again.</param>
/// <param name="Elapsed">For all of them.</param>
/// <param name="Broken">The smallest case found that breaks a claim; null: none does.</param>
public sealed record FuzzResult(string Name, int Cases, int Seed, TimeSpan Elapsed, string? Broken)
{
    /// <summary>Cases per second.</summary>
    public double PerSecond => Cases / Elapsed.TotalSeconds;
}
