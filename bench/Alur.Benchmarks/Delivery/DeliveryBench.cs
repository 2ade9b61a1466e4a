using System.Diagnostics;
using System.Globalization;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Benchmarks.Delivery;

/// <summary>
/// The delivery engine against a bare loop that makes the same calls and writes the same rows without any queue. Limit, ordered and
/// unordered alternate, each on a fresh copy of the same database; the median of the rounds counts.
/// </summary>
internal sealed class DeliveryBench(BenchDatabase database, TargetProcess target, BenchSize size, TextWriter progress)
{
    private static readonly DeliveryOptions Engine = new();

    private readonly List<double> _limit = [];
    private readonly List<double> _ordered = [];
    private readonly List<double> _unordered = [];
    private readonly List<double> _claims = [];
    private string _cpu = "";
    private RowCounts _rows = new(0, 0, 0, 0);

    public static async Task<DeliveryFigures> Run(string root, BenchSize size, TextWriter progress, CancellationToken ct)
    {
        await progress.WriteLineAsync($"Preparing {size.ParkedLanes:N0} parked lanes …");
        await using var database = await BenchDatabase.Prepare(root, size, ct);
        await using var target = await TargetProcess.Start(ct);
        return await new DeliveryBench(database, target, size, progress).Rounds(ct);
    }

    private async Task<DeliveryFigures> Rounds(CancellationToken ct)
    {
        using var times = new ClaimTimes();
        var cpu = "";
        for (var round = 1; round <= size.Rounds; round++)
        {
            _limit.Add(await Measure($"round {round}, limit", (source, channel) => Limit(source, channel, ct), ct));
            var limitCpu = _cpu;
            times.Clear();
            _ordered.Add(await Measure($"round {round}, in order", (source, channel) => Queue(source, channel, times, BenchWork.Ordered, "w", "v", ct), ct));
            _claims.Add(times.P99());
            cpu = $"CPU per job in order: {_cpu}; of the bare loop: {limitCpu}";
            await progress.WriteLineAsync($"  claim p99 {times.P99():0.0} ms, {times.MeanBatch():0} results per settle");
            _unordered.Add(await Measure($"round {round}, unordered", (source, channel) => Queue(source, channel, times, BenchWork.Unordered, "x", "u", ct), ct));
        }

        return new DeliveryFigures(Median(_ordered), Median(_unordered), Median(_limit), Median(_claims), size.ParkedLanes, size.Jobs, _rows, cpu);
    }

    /// <summary>Jobs per second, after the rows and the destination's own book were checked.</summary>
    private async Task<double> Measure(string what, Func<NpgsqlDataSource, BenchChannel, Task<TimeSpan>> run, CancellationToken ct)
    {
        await using var source = await database.Fresh(ct);
        using var http = BenchChannel.Client(target.Url, Engine.Concurrency);
        var elapsed = await run(source, new BenchChannel(http));
        var seen = await target.TakeCounts(ct);
        _rows = await RowCounts.Read(source, ct);
        if (seen != new TargetCounts(size.Jobs, 0, 0) || _rows.Attempts != size.Jobs + size.WarmUpJobs)
        {
            throw new InvalidOperationException($"{what}: expected {size.Jobs} calls in order, saw {seen}, {_rows}");
        }

        var perSecond = size.Jobs / elapsed.TotalSeconds;
        await progress.WriteLineAsync($"{what}: {perSecond:N0}/s; CPU per job: {_cpu}");
        return perSecond;
    }

    private async Task<TimeSpan> Limit(NpgsqlDataSource source, BenchChannel channel, CancellationToken ct)
    {
        var loop = new LimitLoop(source, channel, Engine.Concurrency, Engine.SettleBatch);
        await loop.Run(BenchWork.Ordered("w", size.WarmUpVisits), ct);
        await target.TakeCounts(ct);
        await database.Checkpoint(ct);
        var work = BenchWork.Ordered("v", size.Visits).ToList();
        return await Clock(source, () => loop.Run(work, ct), ct);
    }

    private async Task<TimeSpan> Queue(
        NpgsqlDataSource source, BenchChannel channel, ClaimTimes times, Func<string, int, IEnumerable<NewDelivery>> work,
        string warmUp, string measured, CancellationToken ct)
    {
        await using var queue = new QueueRun(source, channel);
        await queue.Enqueue(work(warmUp, size.WarmUpVisits), ct);
        await queue.Drain(size.WarmUpJobs, ct);
        await queue.Enqueue(work(measured, size.Visits), ct);
        await target.TakeCounts(ct);
        await database.Checkpoint(ct);
        times.Clear();
        return await Clock(source, () => queue.Drain(size.Jobs, ct), ct);
    }

    private async Task<TimeSpan> Clock(NpgsqlDataSource source, Func<Task> work, CancellationToken ct)
    {
        var before = await CpuUse.Read(source, target.ProcessId, ct);
        var clock = Stopwatch.StartNew();
        await work();
        var elapsed = clock.Elapsed;
        var each = (await CpuUse.Read(source, target.ProcessId, ct) - before).Per(size.Jobs);
        _cpu = string.Create(CultureInfo.InvariantCulture, $"sender {each.Own.TotalMicroseconds:0} µs, destination {each.Other.TotalMicroseconds:0} µs, PostgreSQL {each.Database.TotalMicroseconds:0} µs");
        return elapsed;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
