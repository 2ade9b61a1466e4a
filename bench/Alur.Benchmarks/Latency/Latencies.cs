using Alur.Simulators.Bpjs;

namespace Alur.Benchmarks.Latency;

/// <summary>From the commit in Khanza until BPJS had accepted, by BPJS's own book; in milliseconds.</summary>
internal sealed record Latencies(double P50, double P99, double Max, int Samples)
{
    /// <summary>Which day of the filled window is today.</summary>
    public const int Today = 6;

    /// <summary>Lays what was committed beside what BPJS accepted.</summary>
    /// <exception cref="InvalidOperationException">Something committed never arrived, or arrived twice.</exception>
    public static Latencies Of(IReadOnlyDictionary<(string Visit, int Task), DateTimeOffset> committed, BpjsLedger bpjs)
    {
        var calls = bpjs.Calls.Where(c => c is { Outcome: "accepted", Endpoint: "antrean/updatewaktu" } && committed.ContainsKey((c.Kodebooking!, c.Taskid!.Value))).ToList();
        var accepted = calls.DistinctBy(c => (c.Kodebooking, c.Taskid)).ToDictionary(c => (c.Kodebooking!, c.Taskid!.Value), c => c.EngineAt);
        if (accepted.Count != committed.Count || calls.Count != committed.Count)
            throw new InvalidOperationException($"{committed.Count} tasks were committed, but BPJS accepted {accepted.Count} of them in {calls.Count} calls.");
        var took = committed.Select(c => (accepted[c.Key] - c.Value).TotalMilliseconds).Order().ToList();
        return new(Percentile(took, 0.5), Percentile(took, 0.99), took[^1], took.Count);
    }

    private static double Percentile(List<double> ascending, double share) => ascending[(int)Math.Ceiling(ascending.Count * share) - 1];
}
