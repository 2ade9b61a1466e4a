using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Alur.Benchmarks.Chaos;

/// <summary>What came out of all days.</summary>
internal sealed record ChaosFigures(int Seed, IReadOnlyList<ChaosVerdict> Days, ChaosCounts Counts, TimeSpan Elapsed) : IFigures
{
    public bool Reached => Days.All(d => d.Problems.Count == 0);

    private int Deliveries => Days.Sum(d => d.Deliveries);
    private int Lost => Days.Sum(d => d.Ledgers.Lost);
    private int OutOfOrder => Days.Sum(d => d.Ledgers.OutOfOrder);
    private int Invented => Days.Sum(d => d.Ledgers.Invented);
    private int Duplicates => Days.Sum(d => d.Ledgers.Duplicates);
    private int Forgiven => Days.Sum(d => d.Ledgers.Forgiven);

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Deliveries,
            Counts.Kills,
            Counts.Restarts,
            Lost,
            OutOfOrder,
            Invented,
            Duplicates,
            Forgiven,
            Agreed = Reached,
            Days = Days.Count,
            Visits = Days.Sum(d => d.Visits),
            Sendable = Days.Sum(d => d.Sendable),
            Attempts = Days.Sum(d => d.Attempts),
            Counts.Freezes,
            Counts.ClockJumps,
            Counts.Requeued,
            EndedByThemselves = Counts.Ended.Count,
            Seed,
            ElapsedSeconds = Math.Round(Elapsed.TotalSeconds),
            Problems = Days.SelectMany(d => d.Problems.Concat(d.Examples).Select(p => string.Create(CultureInfo.InvariantCulture, $"seed {d.Seed}: {p}"))),
        },
        JsonSerializerOptions.Web);

    public void Print(IAnsiConsole console)
    {
        var table = new Table().AddColumns("ledger against ledger", "count");
        foreach (var (what, count) in (ReadOnlySpan<(string, int)>)[("lost", Lost), ("out of order", OutOfOrder), ("invented", Invented), ("duplicates", Duplicates), ("forgiven: the answer was lost, or its receiver killed", Forgiven)])
            table.AddRow(what, count.ToString("N0", CultureInfo.InvariantCulture));
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Days.Count} heavy day(s) of {Days.Sum(d => d.Visits):N0} visits in {Elapsed.TotalMinutes:0.0} minutes, seed {Seed}: {Deliveries:N0} deliveries in {Days.Sum(d => d.Attempts):N0} calls; {Counts.Kills} servers killed, {Counts.Freezes} frozen, {Counts.Restarts} restarts of PostgreSQL and MariaDB, {Counts.ClockJumps} jumps of the clock; {Counts.Requeued} tasks put back by hand, {Counts.Ended.Count} starts that a missing database ended."));
        foreach (var line in Days.SelectMany(d => d.Problems.Concat(d.Examples)))
            console.WriteLine(line);
        console.MarkupLine(Reached ? "[green]The ledgers agree.[/]" : "[red]The ledgers do not agree.[/]");
    }
}
