using System.Diagnostics;
using System.Globalization;
using Alur.Benchmarks.Delivery;
using Alur.Platform.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Benchmarks.Resilience;

/// <summary>
/// What a breaker costs a call that goes well. The same deliveries go out through two channels that differ in nothing but the breaker, in turns, to a
/// destination that answers at once; the processor time that the channel with a breaker takes more counts, by the median of the pairs. One question to the breakers is in
/// every settle with or without one, so its whole price is measured by itself and added.
/// </summary>
internal sealed class ResilienceBench(NpgsqlDataSource source, BenchDatabase database, ResilienceSize size, TextWriter progress) : IAsyncDisposable
{
    private const string With = "instant:with";
    private const string Without = "instant:without";
    private const string Nothing = "select 1";

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton(source)
        .AddDelivery()
        .AddSingleton<IDeliveryChannel>(new Instant())
        .BuildServiceProvider();

    private int _batch;

    public static async Task<ResilienceFigures> Run(string root, ResilienceSize size, TextWriter progress, CancellationToken ct)
    {
        await using var database = await BenchDatabase.Prepare(root, new BenchSize(size.Cluster, 1, 0, 0, 1), ct);
        await using var source = await database.Fresh(ct);
        await using var bench = new ResilienceBench(source, database, size, progress);
        return await bench.Rounds(ct);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task<ResilienceFigures> Rounds(CancellationToken ct)
    {
        var queue = _services.GetRequiredService<DeliveryQueue>();
        await queue.EnsureChannel(With, new ChannelLimits(), "instant", ct);
        await queue.EnsureChannel(Without, new ChannelLimits(), breaker: null, ct);
        using var times = new ClaimTimes();
        await Drain(With, ct);
        await Drain(Without, ct);
        times.Clear();
        List<(double With, double Without)> pairs = [];
        for (var round = 0; round < size.Rounds; round++)
        {
            // Now the one, now the other goes first: tables grow from run to run.
            var first = await Drain(round % 2 == 0 ? With : Without, ct);
            var second = await Drain(round % 2 == 0 ? Without : With, ct);
            pairs.Add(round % 2 == 0 ? (first, second) : (second, first));
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"pair {round + 1}: {pairs[^1].With:0.0} µs a call with a breaker, {pairs[^1].Without:0.0} µs without"));
        }

        var asked = await Question(ct);
        return new ResilienceFigures(
            Median(pairs.Select(p => p.With)), Median(pairs.Select(p => p.Without)), Median(pairs.Select(p => p.With - p.Without)), asked, times.MeanBatch(), size.Jobs, size.Rounds);
    }

    /// <summary>Microseconds of our processor time and PostgreSQL's for each of the deliveries, from the first claim to the last settle.</summary>
    private async Task<double> Drain(string channel, CancellationToken ct)
    {
        var queue = _services.GetRequiredService<DeliveryQueue>();
        var batch = _batch++;
        await using (var connection = await source.OpenConnectionAsync(ct))
        await using (var tx = await connection.BeginTransactionAsync(ct))
        {
            NewDelivery[] work = [.. Enumerable.Range(0, size.Jobs).Select(i => new NewDelivery(string.Create(CultureInfo.InvariantCulture, $"{batch}/{i:000000}"), 10, "{}"))];
            await queue.Enqueue(tx, channel, work, ct);
            await tx.CommitAsync(ct);
        }

        await database.Checkpoint(ct);
        var pump = _services.GetRequiredService<DeliveryPump>();
        var before = await CpuUse.Read(source, Environment.ProcessId, ct);
        for (var delivered = 0; delivered < size.Jobs;)
        {
            var round = await pump.RunOnce(ct);
            if (round.Delivered == 0) throw new InvalidOperationException($"The pump stopped with {size.Jobs - delivered} of {size.Jobs} deliveries left.");
            delivered += round.Delivered;
        }

        var used = await CpuUse.Read(source, Environment.ProcessId, ct) - before;
        return (used.Own + used.Database).TotalMicroseconds / size.Jobs;
    }

    /// <summary>Microseconds that the question to the breakers adds to a round trip.</summary>
    private async Task<double> Question(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var plain = new NpgsqlCommand(Nothing, connection);
        await using var asking = new NpgsqlCommand(SettleBatch.ReadTroubledBreakers, connection) { Parameters = { new() { Value = new[] { With } } } };
        await plain.PrepareAsync(ct);
        await asking.PrepareAsync(ct);
        List<double> differences = [];
        for (var i = 0; i < size.Questions; i++)
        {
            var nothing = await Time(plain, ct);
            differences.Add(await Time(asking, ct) - nothing);
        }

        return Median(differences);
    }

    private static async Task<double> Time(NpgsqlCommand command, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        await command.ExecuteNonQueryAsync(ct);
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;

    /// <summary>A destination that takes everything without being asked.</summary>
    private sealed class Instant : IDeliveryChannel
    {
        public string Kind => "instant";

        public Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct) =>
            Task.FromResult(new DeliveryReport(new Delivered(), new Exchange(DateTimeOffset.UtcNow, TimeSpan.Zero, 200, "200", "OK", null, null)));
    }
}

/// <summary>How much work a run is.</summary>
/// <param name="Cluster">Directory name of the private PostgreSQL.</param>
/// <param name="Jobs">Deliveries of one run.</param>
/// <param name="Rounds">Pairs of runs; the median counts.</param>
/// <param name="Questions">How often the breakers are asked by themselves.</param>
internal sealed record ResilienceSize(string Cluster, int Jobs, int Rounds, int Questions)
{
    public static readonly ResilienceSize Full = new("bench", 10_000, 10, 10_000);

    /// <summary>Shows that everything works; its figures mean nothing.</summary>
    public static readonly ResilienceSize Quick = new("bench-quick", 200, 1, 50);
}
