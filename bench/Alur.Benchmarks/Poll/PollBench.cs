using Alur.Antrean.Polling;
using Alur.Platform.Postgres;
using Alur.Simulators.MariaDb;

namespace Alur.Benchmarks.Poll;

/// <summary>
/// What one poll costs when nothing changed and when one visit in twenty did, in a hospital with years behind it and in one that differs
/// only in having none. The two alternate; the median of the rounds counts. Processor time of all parties, not the clock on the wall.
/// </summary>
internal sealed class PollBench(PollSide old, PollSide young, int mariaDb, PollBenchSize size, TextWriter progress)
{
    private readonly List<PollCost> _old = [];
    private readonly List<PollCost> _young = [];
    private readonly List<PollCost> _changed = [];

    public static async Task<PollFigures> Run(string root, PollBenchSize size, TextWriter progress, CancellationToken ct)
    {
        var options = new ClusterOptions(root, size.Place);
        var cluster = await PrivateCluster.EnsureRunning(options, ct);
        using var held = await HostLock.Take(cluster.Directory, ct);
        var server = await MariaDbServer.EnsureRunning(new MariaDbServerOptions(Path.Combine(cluster.Directory, "mariadb")), ct);
        try
        {
            await using var young = await PollSide.Prepare("young", server, cluster, size.PerDay, oldRows: 0, progress, ct);
            await using var old = await PollSide.Prepare("old", server, cluster, size.PerDay, size.OldRows, progress, ct);
            return await new PollBench(old, young, server.ProcessId, size, progress).Rounds(ct);
        }
        finally
        {
            await server.Stop(CancellationToken.None);
            await PrivateCluster.Stop(options, CancellationToken.None);
        }
    }

    private async Task<PollFigures> Rounds(CancellationToken ct)
    {
        await Measure(young, size.PollsPerRound, change: false, ct); // compilation, both servers' caches
        await Measure(old, size.PollsPerRound, change: false, ct);
        await Measure(young, size.PollsPerRound, change: true, ct);
        await Measure(old, size.PollsPerRound, change: true, ct);
        for (var round = 1; round <= size.Rounds; round++)
        {
            _young.Add(await Measure(young, size.PollsPerRound, change: false, ct));
            _old.Add(await Measure(old, size.PollsPerRound, change: false, ct));
            // Changes leave dead rows behind that PostgreSQL reads past: both hospitals have them, or the ratio would compare that.
            await Measure(young, size.PollsPerRound, change: true, ct);
            _changed.Add(await Measure(old, size.PollsPerRound, change: true, ct));
            await progress.WriteLineAsync($"round {round}: without old visits {_young[^1]}; with them {_old[^1]}; one in twenty changed {_changed[^1]}");
        }

        return new PollFigures(size.OldRows, size.PerDay * PollSide.Days, Median(_old), Median(_young), Median(_changed), size.Rounds * size.PollsPerRound);
    }

    private async Task<PollCost> Measure(PollSide side, int polls, bool change, CancellationToken ct)
    {
        var cpu = new CpuUse(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var reads = new MariaDbReads(0, 0);
        for (var i = 0; i < polls; i++)
        {
            if (change) await side.ChangeSome(ct);
            var readsBefore = await side.Reads(ct);
            var before = await CpuUse.Read(side.Postgres, mariaDb, ct);
            var own = Environment.CpuUsage.TotalTime;
            var found = await side.Poll(ct);
            own = Environment.CpuUsage.TotalTime - own; // without what looking at all processes costs
            cpu += (await CpuUse.Read(side.Postgres, mariaDb, ct) - before) with { Own = own };
            Check(found, side, change);
            reads += await side.Reads(ct) - readsBefore - MariaDbReads.OfOneLook;
        }

        return new PollCost(cpu.Per(polls), reads.Statements / polls, reads.Rows / polls);
    }

    private void Check(PollKhanza.PollResult result, PollSide side, bool change)
    {
        var visits = size.PerDay * PollSide.Days;
        if (result.Read != visits || result.Changed != (change ? visits / PollSide.ChangedShare : 0))
            throw new InvalidOperationException($"{side.Name}: expected {visits} visits, and {(change ? "one in twenty" : "none")} of them changed, but the poll found {result}.");
    }

    private static PollCost Median(List<PollCost> costs) => costs.OrderBy(c => c.Cpu.Total).ElementAt(costs.Count / 2);
}

/// <summary>What one poll cost.</summary>
/// <param name="Cpu">Ours, MariaDB's, PostgreSQL's.</param>
/// <param name="Statements">Statements that MariaDB ran.</param>
/// <param name="Rows">Rows that MariaDB's engine looked at.</param>
internal sealed record PollCost(CpuUse Cpu, long Statements, long Rows)
{
    public override string ToString() =>
        $"{Cpu.Own.TotalMilliseconds:0} ms ours + {Cpu.Other.TotalMilliseconds:0} ms MariaDB + {Cpu.Database.TotalMilliseconds:0} ms PostgreSQL, {Statements} statements, {Rows:N0} rows";
}

/// <summary>How much work a run is.</summary>
/// <param name="Place">Directory name of the private servers.</param>
/// <param name="OldRows">Visits before the window, each with folder, note, prescription, booking and letter.</param>
/// <param name="PerDay">Visits on each day of the window.</param>
/// <param name="Rounds">Rounds that count.</param>
/// <param name="PollsPerRound">Polls of each kind in a round: processor time is counted in steps of 10 ms.</param>
internal sealed record PollBenchSize(string Place, int OldRows, int PerDay, int Rounds, int PollsPerRound)
{
    public static readonly PollBenchSize Full = new("bench", 2_000_000, 1_000, 5, 10);

    /// <summary>Shows that everything works; its figures mean nothing.</summary>
    public static readonly PollBenchSize Quick = new("bench-quick", 500, 20, 1, 2);
}
