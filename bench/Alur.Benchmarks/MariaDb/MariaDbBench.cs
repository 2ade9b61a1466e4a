using System.Diagnostics;
using Alur.MariaDb;
using Alur.Platform.Postgres;
using Alur.Simulators.MariaDb;

namespace Alur.Benchmarks.MariaDb;

/// <summary>How fast <c>Alur.MariaDb</c> reads visits and opens connections, beside MariaDB's own client on the same server.</summary>
internal sealed class MariaDbBench(MariaDbDatabase database, MariaDbBenchSize size, TextWriter progress)
{
    private readonly List<double> _prepared = [];
    private readonly List<double> _text = [];
    private readonly List<double> _peer = [];
    private readonly List<double> _cpu = [];

    public static async Task<MariaDbFigures> Run(string root, MariaDbBenchSize size, TextWriter progress, CancellationToken ct)
    {
        var place = await ClusterPlace.Prepare(new ClusterOptions(root, size.Place), ct);
        var server = await MariaDbServer.EnsureRunning(new MariaDbServerOptions(Path.Combine(place.Directory, "mariadb")), ct);
        try
        {
            await progress.WriteLineAsync($"Preparing {size.Rows:N0} visits …");
            var database = await VisitTable.Prepare(server, size.Rows, ct);
            return await new MariaDbBench(database, size, progress).Rounds(ct);
        }
        finally
        {
            await server.Stop(CancellationToken.None);
        }
    }

    private async Task<MariaDbFigures> Rounds(CancellationToken ct)
    {
        await using var source = new MariaDbDataSource(database.Reader);
        var expected = await ReadVisits.Expected(source, ct);
        for (var round = 0; round <= size.Rounds; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            var prepared = await Read(source, prepared: true, expected, ct);
            var cpu = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / size.Rows;
            var text = await Read(source, prepared: false, expected, ct);
            var peer = await PeerClient.RowsPerSecond(database.Reader, size.Rows, ct);
            if (round == 0)
            {
                continue; // the first round only warms up: compilation, the server's cache
            }

            _prepared.Add(prepared);
            _text.Add(text);
            _peer.Add(peer);
            _cpu.Add(cpu);
            await progress.WriteLineAsync($"round {round}: with parameters {prepared:N0} rows/s ({cpu:0.00} µs of CPU each), text {text:N0} rows/s, MariaDB's own client {peer:N0} rows/s");
        }

        var opened = await PerSecond(size.Connections, OpenAndClose, ct);
        var pooled = await PerSecond(size.Connections, () => Borrow(source, ct), ct);
        return new MariaDbFigures(Median(_prepared), Median(_text), Median(_peer), Median(_cpu), opened, pooled, size.Rows, size.Rounds);

        async Task OpenAndClose()
        {
            await using var once = new MariaDbDataSource(database.Reader);
            await Borrow(once, ct);
        }
    }

    private async Task<double> Read(MariaDbDataSource source, bool prepared, ReadVisits.Seen expected, CancellationToken ct)
    {
        var (elapsed, seen) = await ReadVisits.Once(source, prepared, ct);
        return seen == expected
            ? size.Rows / elapsed.TotalSeconds
            : throw new InvalidOperationException($"Read {seen}, but the server holds {expected}.");
    }

    private static async Task Borrow(MariaDbDataSource source, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
    }

    private static async Task<double> PerSecond(int times, Func<Task> work, CancellationToken ct)
    {
        await work();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < times && !ct.IsCancellationRequested; i++)
        {
            await work();
        }

        ct.ThrowIfCancellationRequested();
        return times / clock.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

/// <summary>How much work a run is.</summary>
/// <param name="Place">Directory name of the private server.</param>
/// <param name="Rows">Visits in the table.</param>
/// <param name="Rounds">Reads that count.</param>
/// <param name="Connections">Connections opened and closed.</param>
internal sealed record MariaDbBenchSize(string Place, int Rows, int Rounds, int Connections)
{
    public static readonly MariaDbBenchSize Full = new("bench", 100_000, 15, 3_000);

    /// <summary>Shows that everything works; its figures mean nothing.</summary>
    public static readonly MariaDbBenchSize Quick = new("bench-quick", 2_000, 2, 50);
}
