namespace Alur.Benchmarks.Chaos;

/// <summary>What was done to the machines so far.</summary>
internal sealed class ChaosCounts
{
    public int Kills { get; set; }

    public int Restarts { get; set; }

    public int Freezes { get; set; }

    public int ClockJumps { get; set; }

    /// <summary>Tasks that used up their attempts and were put back by hand after the day.</summary>
    public int Requeued { get; set; }

    /// <summary>Servers that ended without being killed, with their last words.</summary>
    public List<string> Ended { get; } = [];
}
