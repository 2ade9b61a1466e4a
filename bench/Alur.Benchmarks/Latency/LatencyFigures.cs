using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Alur.Benchmarks.Latency;

/// <summary>What came out.</summary>
/// <param name="Visits">Visits in the window that every poll reads.</param>
/// <param name="Bridge">Through Alur.</param>
/// <param name="Limit">By the bare loop.</param>
/// <param name="Busy">Processor time of our server, MariaDB and PostgreSQL in each second while commits came.</param>
/// <param name="Quiet">The same while nothing changed.</param>
internal sealed record LatencyFigures(int Visits, int PerSecond, Latencies Bridge, Latencies Limit, CpuUse Busy, CpuUse Quiet) : IFigures
{
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            P50Ms = Round(Bridge.P50),
            P99Ms = Round(Bridge.P99),
            MaxMs = Round(Bridge.Max),
            LimitP50Ms = Round(Limit.P50),
            LimitP99Ms = Round(Limit.P99),
            P50Ratio = Math.Round(Bridge.P50 / Limit.P50, 2),
            P99Ratio = Math.Round(Bridge.P99 / Limit.P99, 2),
            CpuMsPerSecond = Cpu(Busy),
            QuietCpuMsPerSecond = Cpu(Quiet),
            PollSeconds = 1,
            PerSecond,
            Bridge.Samples,
            Visits,
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = new Table().AddColumns("commit in Khanza until BPJS accepts", "median", "99th percentile", "slowest");
        Row("Alur, polling every second", Bridge);
        Row("limit: a bare loop, polling every second", Limit);
        console.Write(table);
        var cpu = new Table().AddColumns("processor time in each second", "our server", "MariaDB", "PostgreSQL");
        Use(string.Create(CultureInfo.InvariantCulture, $"{PerSecond} commits a second"), Busy);
        Use("nothing changes", Quiet);
        console.Write(cpu);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"median {Bridge.P50 / Limit.P50:0.00} and 99th percentile {Bridge.P99 / Limit.P99:0.00} times the limit. {Bridge.Samples:N0} tasks each, one commit a task; {Visits:N0} visits in the window; BPJS answers at once, its limits set aside."));

        void Row(string what, Latencies l) => table.AddRow(what, $"{l.P50:0} ms", $"{l.P99:0} ms", $"{l.Max:0} ms");
        void Use(string what, CpuUse c) => cpu.AddRow(what, $"{c.Own.TotalMilliseconds:0} ms", $"{c.Other.TotalMilliseconds:0} ms", $"{c.Database.TotalMilliseconds:0} ms");
    }

    private static object Cpu(CpuUse use) => new { Server = Round(use.Own.TotalMilliseconds), MariaDb = Round(use.Other.TotalMilliseconds), Postgres = Round(use.Database.TotalMilliseconds) };

    private static double Round(double milliseconds) => Math.Round(milliseconds, 1);
}
