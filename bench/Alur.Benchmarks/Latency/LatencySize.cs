namespace Alur.Benchmarks.Latency;

/// <summary>How much a run is.</summary>
/// <param name="Place">Directory name of everything that is started.</param>
/// <param name="PerDay">Visits on each day of the window, complete with folder, note, prescription, booking and letter.</param>
/// <param name="Patients">Visits whose three tasks are committed one after the other while the clock runs; as many again for the limit.</param>
/// <param name="PerSecond">Commits a second.</param>
/// <param name="Quiet">How long nothing changes, to see what polling alone costs.</param>
internal sealed record LatencySize(string Place, int PerDay, int Patients, int PerSecond, TimeSpan Quiet)
{
    /// <summary>Folder sent, folder received, first note.</summary>
    public const int TasksPerPatient = 3;

    public static readonly LatencySize Full = new("latency", 1_000, 400, 20, TimeSpan.FromSeconds(20));

    /// <summary>Shows that everything works; its figures mean nothing.</summary>
    public static readonly LatencySize Quick = new("latency-quick", 20, 10, 10, TimeSpan.FromSeconds(1));

    public int Commits => Patients * TasksPerPatient;
}
