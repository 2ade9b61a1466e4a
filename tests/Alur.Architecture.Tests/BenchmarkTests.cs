using System.Diagnostics;
using System.Text.Json;

namespace Alur.Architecture.Tests;

public sealed class BenchmarkTests
{
    /// <summary>Not how fast: only that it runs from end to end and checks what it claims to check.</summary>
    [Fact]
    public async Task The_delivery_benchmark_runs_and_prints_its_figures()
    {
        var figures = await Run("delivery");
        Assert.Equal(600, figures.GetProperty("jobsPerRun").GetInt32());
        Assert.Equal(1_000, figures.GetProperty("parkedLanes").GetInt32());
        Assert.Equal(700, figures.GetProperty("rows").GetProperty("attempts").GetInt32());
        Assert.All(["orderedPerSecond", "unorderedPerSecond", "limitPerSecond", "limitRatio", "claimP99Ms"], key => Assert.True(figures.GetProperty(key).GetDouble() > 0));
    }

    [Fact]
    public async Task The_MariaDB_benchmark_runs_and_prints_its_figures()
    {
        var figures = await Run("mariadb");
        Assert.Equal(2_000, figures.GetProperty("rows").GetInt32());
        Assert.All(["rowsPerSecond", "textRowsPerSecond", "openClosePerSecond", "pooledPerSecond"], key => Assert.True(figures.GetProperty(key).GetDouble() > 0));
    }

    [Fact]
    public async Task The_poll_benchmark_runs_and_prints_its_figures()
    {
        var figures = await Run("poll");
        Assert.Equal(500, figures.GetProperty("oldRows").GetInt32());
        Assert.Equal(160, figures.GetProperty("visits").GetInt32());
        Assert.All(["costRatio", "cpuMs", "cpuMsChanged", "statements"], key => Assert.True(figures.GetProperty(key).GetDouble() > 0));
    }

    [Fact]
    public async Task The_fuzz_benchmark_runs_every_target_and_prints_its_seed()
    {
        var figures = await Run("fuzz");
        Assert.True(figures.GetProperty("ok").GetBoolean());
        Assert.Equal(100, figures.GetProperty("cases").GetInt32());
        Assert.True(figures.GetProperty("seed").GetInt32() >= 0);
        Assert.True(figures.GetProperty("targets").GetArrayLength() >= 20);
        Assert.All(figures.GetProperty("targets").EnumerateArray(), target => Assert.True(target.GetProperty("casesPerSecond").GetDouble() > 0));
    }

    [Fact]
    public async Task The_latency_benchmark_runs_and_prints_its_figures()
    {
        var figures = await Run("latency");
        Assert.Equal(30, figures.GetProperty("samples").GetInt32());
        Assert.Equal(160, figures.GetProperty("visits").GetInt32());
        Assert.All(["p50Ms", "p99Ms", "limitP50Ms", "limitP99Ms", "p50Ratio", "p99Ratio"], key => Assert.True(figures.GetProperty(key).GetDouble() > 0));
    }

    [Fact]
    public async Task The_journal_benchmark_runs_and_prints_its_figures()
    {
        var figures = await Run("journal");
        Assert.Equal(5_000, figures.GetProperty("entries").GetInt32());
        Assert.All(["appendRatio", "batchRatio", "replayPerSecond", "timelineP99Ms", "tailLagP99Ms", "tailSeen"], key => Assert.True(figures.GetProperty(key).GetDouble() > 0));
    }

    [Fact]
    public async Task The_resilience_benchmark_runs_and_prints_its_figures()
    {
        var figures = await Run("resilience");
        Assert.Equal(200, figures.GetProperty("jobs").GetInt32());
        Assert.InRange(figures.GetProperty("overheadMicroseconds").GetDouble(), -10_000, 10_000);
        Assert.All(["withMicroseconds", "withoutMicroseconds", "settledTogether"], key => Assert.True(figures.GetProperty(key).GetDouble() > 0));
    }

    /// <summary>Three servers, the same followers, and then two nodes that are killed; the program fails when anybody lost or heard twice.</summary>
    [Fact]
    public async Task The_fanout_benchmark_runs_and_prints_its_figures()
    {
        var figures = await Run("fanout");
        Assert.Equal(60, figures.GetProperty("connects").GetInt32());
        Assert.All(["p99Ms1k", "p99Ms5k", "floorP99Ms", "wsP99Ms", "bytesPerIdleSocket"], key => Assert.True(figures.GetProperty(key).GetDouble() > 0));
        var chaos = figures.GetProperty("chaos");
        Assert.Equal((200, 2), (chaos.GetProperty("entries").GetInt32(), chaos.GetProperty("kills").GetInt32()));
        Assert.All(["lost", "twice", "invented", "stalledHeld"], key => Assert.Equal(0, chaos.GetProperty(key).GetInt32()));
        Assert.True(chaos.GetProperty("recovered").GetInt32() > 0);
    }

    /// <summary>A short day with two servers that are killed while databases break; the program fails when the ledgers do not agree.</summary>
    [Fact]
    public async Task A_day_of_chaos_ends_with_ledgers_that_agree()
    {
        var figures = await Run("chaos");
        Assert.All(["lost", "outOfOrder", "invented", "duplicates"], key => Assert.Equal(0, figures.GetProperty(key).GetInt32()));
        Assert.Equal(40, figures.GetProperty("visits").GetInt32());
        Assert.All(["deliveries", "sendable", "attempts"], key => Assert.True(figures.GetProperty(key).GetInt32() > 60));
    }

    [Fact]
    public async Task Without_a_name_the_benchmarks_are_listed()
    {
        using var process = Start([], errors: true);
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(2, process.ExitCode);
        Assert.All(["delivery", "mariadb", "poll", "chaos", "fuzz", "latency", "resilience", "journal", "fanout"], name => Assert.Matches($@"(?m)^  \./alur bench {name} +\S", errors));
        Assert.DoesNotContain(" target ", errors, StringComparison.Ordinal); // a part of one of them
    }

    private static Process Start(string[] arguments, bool errors = false)
    {
        var build = Path.GetFileName(Path.GetDirectoryName(typeof(BenchmarkTests).Assembly.Location))!;
        var program = Path.Combine(Repository.Root, "artifacts/bin/Alur.Benchmarks", build, "Alur.Benchmarks.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = errors,
            WorkingDirectory = Repository.Root,
        })!;
    }

    private static async Task<JsonElement> Run(string verb)
    {
        using var process = Start([verb, "--quick", "--json"]);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        Assert.Equal(0, process.ExitCode);
        return JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
    }
}
