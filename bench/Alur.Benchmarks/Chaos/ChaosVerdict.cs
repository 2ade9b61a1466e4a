using System.Globalization;
using Alur.Host.Commands.Demo;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;

namespace Alur.Benchmarks.Chaos;

/// <summary>How one day ended.</summary>
/// <param name="Deliveries">Acceptances that the bridge achieved.</param>
/// <param name="Problems">One sentence for each thing that is wrong.</param>
/// <param name="Examples">The first of each kind, with booking code, task, and the moments that both books have.</param>
internal sealed record ChaosVerdict(
    int Seed, int Visits, int Sendable, int Attempts, int Deliveries, Comparison Ledgers, IReadOnlyList<string> Problems, IReadOnlyList<string> Examples)
{
    private const int Shown = 5;

    public static ChaosVerdict Of(int seed, DemoOutcome outcome)
    {
        var hospital = outcome.Hospital.Visits.ToDictionary(v => v.VisitId, StringComparer.Ordinal);
        return new(
            seed, outcome.Result.Visits, outcome.Result.Sendable, outcome.Result.Attempts,
            outcome.Bpjs.Bookings.Count(b => b.Sumber != "desktop") + outcome.Bpjs.Tasks.Count, outcome.Ledgers, outcome.Problems,
            [.. outcome.Ledgers.Findings.GroupBy(f => f.Fault).SelectMany(g => g.Take(Shown)).Select(f => Describe(f, hospital.GetValueOrDefault(f.VisitId), outcome.Bpjs))]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed {Seed}, {Visits} visits, {Sendable} to be told, {Deliveries} deliveries in {Attempts} calls; lost {Ledgers.Lost}, out of order {Ledgers.OutOfOrder}, invented {Ledgers.Invented}, duplicates {Ledgers.Duplicates}, forgiven {Ledgers.Forgiven}");

    private static string Describe(Finding finding, LedgerVisit? visit, BpjsLedger bpjs)
    {
        var code = visit?.Kodebooking ?? finding.VisitId;
        var moments = visit?.Moments.Where(m => m.Task == finding.Task)
            .Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Moment:HH:mm:ss} (stood {m.FromReal.UtcDateTime:HH:mm:ss.fff}-{m.ToReal?.UtcDateTime:HH:mm:ss.fff})")) ?? [];
        var calls = bpjs.Calls.Where(c => c.Kodebooking == code && (c.Taskid is { } task ? task.ToString(CultureInfo.InvariantCulture) : "1") == finding.Task
                && c.Endpoint is "antrean/add" or "antrean/updatewaktu" or "antrean/batal")
            .Select(c => string.Create(CultureInfo.InvariantCulture,
                $"{c.EngineAt.UtcDateTime:HH:mm:ss.fff} {c.Sumber} {c.Outcome}{(c.Duplicate ? " (208)" : "")}{(c.AcceptedButAnswerLost ? ", answer lost" : "")}{Moment(c.Waktu)}"));
        return $"{finding.Fault}: kodebooking {code}, task {finding.Task}: {finding.What}. The hospital's moments: {Joined(moments)}. Calls: {Joined(calls)}.";
    }

    private static string Moment(long? waktu) => waktu is { } w
        ? string.Create(CultureInfo.InvariantCulture, $" with {DateTimeOffset.FromUnixTimeMilliseconds(w).ToOffset(TimeSpan.FromHours(7)):HH:mm:ss}")
        : "";

    private static string Joined(IEnumerable<string> parts) => string.Join("; ", parts.DefaultIfEmpty("none"));
}
