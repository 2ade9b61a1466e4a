using System.Text.Json;
using Spectre.Console;

namespace Alur.Benchmarks.MariaDb;

/// <summary>What came out, against the goal.</summary>
/// <param name="RowsPerSecond">Through prepared statements, as a poll reads; median of the rounds.</param>
/// <param name="TextRowsPerSecond">The same rows without parameters.</param>
/// <param name="PeerRowsPerSecond">MariaDB's own client, output thrown away.</param>
/// <param name="CpuMicrosPerRow">Processor time of our process per row with parameters; does not mind what else the machine does.</param>
/// <param name="OpenClosePerSecond">Connections really opened and closed, one after the other.</param>
/// <param name="PooledPerSecond">Connections borrowed and given back, reset included.</param>
/// <param name="Rows">Rows per read.</param>
/// <param name="Rounds">Reads of each kind.</param>
internal sealed record MariaDbFigures(
    double RowsPerSecond, double TextRowsPerSecond, double PeerRowsPerSecond, double CpuMicrosPerRow, double OpenClosePerSecond, double PooledPerSecond,
    int Rows, int Rounds) : IFigures
{
    private const double Goal = 500_000;

    public double PeerRatio => PeerRowsPerSecond == 0 ? 0 : RowsPerSecond / PeerRowsPerSecond;

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            RowsPerSecond = Math.Round(RowsPerSecond),
            TextRowsPerSecond = Math.Round(TextRowsPerSecond),
            PeerRowsPerSecond = Math.Round(PeerRowsPerSecond),
            PeerRatio = Math.Round(PeerRatio, 3),
            CpuMicrosPerRow = Math.Round(CpuMicrosPerRow, 3),
            OpenClosePerSecond = Math.Round(OpenClosePerSecond),
            PooledPerSecond = Math.Round(PooledPerSecond),
            Rows,
            Rounds,
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = GoalTable.New();
        table.Row("rows read, with parameters", $"{RowsPerSecond:N0}/s", $"≥ {Goal:N0}/s", RowsPerSecond >= Goal);
        table.Row("rows read, plain text", $"{TextRowsPerSecond:N0}/s");
        table.Row("rows read by MariaDB's own client", $"{PeerRowsPerSecond:N0}/s");
        table.Row("ours ÷ MariaDB's own client", $"{PeerRatio:0.00}");
        table.Row("our CPU per row, with parameters", $"{CpuMicrosPerRow:0.00} µs");
        table.Row("connections opened and closed", $"{OpenClosePerSecond:N0}/s");
        table.Row("connections borrowed from the pool", $"{PooledPerSecond:N0}/s");
        console.Write(table);
        console.WriteLine($"{Rows:N0} invented visits of 12 columns, every value taken out; median of {Rounds} rounds; server and readers share {Environment.ProcessorCount} cores.");
    }
}
