using System.Diagnostics;
using System.Globalization;
using Alur.Host.Commands.Demo;

namespace Alur.Benchmarks.Chaos;

/// <summary>How much a run is.</summary>
/// <param name="Time">A day that has begun by then is played to its end.</param>
/// <param name="Visits">Visits of a day.</param>
/// <param name="Seed">Of the first day; each day has its own.</param>
/// <param name="DaySeconds">Real length of a day.</param>
/// <param name="Keep">After a day that does not agree, leave everything running to look around in.</param>
internal sealed record ChaosSize(TimeSpan Time, int Visits, int Seed, double DaySeconds, bool Keep)
{
    /// <summary>Directory name of everything that is started.</summary>
    public string Place { get; init; } = "chaos";

    /// <summary>Real seconds of a day.</summary>
    public const double Day = 60;

    /// <summary>One short day that shows that everything works.</summary>
    public static ChaosSize Quick(int seed) => new(TimeSpan.Zero, 40, seed, 15, Keep: false) { Place = "chaos-quick" };
}

/// <summary>
/// The demo's heavy day over and over, with two servers on one PostgreSQL that are killed every few seconds while both databases break and the
/// clock jumps. After every day all comes to rest and the two ledgers are compared, by the demo's own comparison.
/// </summary>
internal sealed class ChaosBench(ChaosSize size, TextWriter progress)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // On a small machine that starts servers all the time an answer may take a while.
    private static readonly (string, string)[] Unhurried =
    [
        ("Antrean:Sites:default:Bpjs:TimeoutSeconds", "4"), ("Delivery:CallTimeout", "00:00:05"), ("Delivery:Lease", "00:00:11"),
    ];

    private readonly ChaosCounts _counts = new();
    private readonly List<ChaosVerdict> _days = [];

    public async Task<ChaosFigures> Run(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        await progress.WriteLineAsync($"Seed {size.Seed}. Repeat with: ./alur bench chaos --seed {size.Seed}");
        do
        {
            await Day(size.Seed + _days.Count, ct);
        }
        while (clock.Elapsed < size.Time && (!size.Keep || _days[^1].Problems.Count == 0));
        return new ChaosFigures(size.Seed, _days, _counts, clock.Elapsed);
    }

    private async Task Day(int seed, CancellationToken ct)
    {
        var settings = new DemoSettings(size.Visits, "heavy", seed, Json: true, size.Keep, DemoSettings.LastWorkingDay(DateTimeOffset.UtcNow), size.DaySeconds)
        {
            Patience = Patience,
            ServerSettings = Unhurried,
        };
        await using var stage = await DemoStage.Prepare(size.Place, ct);
        using var chaos = new ChaosDay(ChaosPlan.Of(seed, TimeSpan.FromSeconds(size.DaySeconds)), _counts, progress);
        using var play = new PlayDemo(settings, stage, chaos);
        await play.Start(_ => { }, ct);
        var outcome = await play.Run(_ => { }, ct);
        _days.Add(ChaosVerdict.Of(seed, outcome));
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"day {_days.Count}: {_days[^1]}"));
        foreach (var line in _days[^1].Problems.Concat(_days[^1].Examples))
            await progress.WriteLineAsync("  " + line);
        stage.Keep = size.Keep && outcome.Problems.Count > 0;
        if (stage.Keep)
            await progress.WriteLineAsync($"Left running, data and logs in {stage.Directory}; end with: kill {string.Join(' ', stage.ProcessIds())}");
    }
}
