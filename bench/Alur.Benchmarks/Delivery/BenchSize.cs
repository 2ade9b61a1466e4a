namespace Alur.Benchmarks.Delivery;

/// <summary>How much work a run is.</summary>
/// <param name="Cluster">Directory name of the private PostgreSQL.</param>
/// <param name="Visits">Visits of the measured part; each has the four tasks of the specification.</param>
/// <param name="WarmUpVisits">Visits sent before the clock starts.</param>
/// <param name="ParkedLanes">Lanes that wait for an operator: a failed head and three followers each.</param>
/// <param name="Rounds">Repetitions; the median counts.</param>
internal sealed record BenchSize(string Cluster, int Visits, int WarmUpVisits, int ParkedLanes, int Rounds)
{
    /// <summary>REGISTER, CHECKIN, START, FINISH.</summary>
    public const int TasksPerVisit = 4;

    public static readonly BenchSize Full = new("bench", 25_000, 1_500, 250_000, 3);

    /// <summary>Shows that everything works; its figures mean nothing.</summary>
    public static readonly BenchSize Quick = new("bench-quick", 150, 25, 1_000, 1);

    public int Jobs => Visits * TasksPerVisit;

    public int WarmUpJobs => WarmUpVisits * TasksPerVisit;
}
