namespace Alur.Benchmarks.Journal;

/// <summary>How much work a run is.</summary>
/// <param name="Cluster">Directory name of the private PostgreSQL.</param>
/// <param name="Entries">What the timeline and the replay look through.</param>
/// <param name="Replay">How many of them are read in order.</param>
/// <param name="Span">Of one measurement of appending.</param>
/// <param name="Rounds">Repetitions; the median counts.</param>
/// <param name="Timelines">Timelines that are asked for.</param>
internal sealed record JournalSize(string Cluster, int Entries, int Replay, TimeSpan Span, int Rounds, int Timelines)
{
    public const int Connections = 32;
    public const int Batch = 100;

    /// <summary>A subject has five streams, its entries lie scattered over the whole table.</summary>
    public const int StreamsOfSubject = 5;
    public const int EntriesOfSubject = 100;

    public static JournalSize Full(int entries) => new("bench", entries, Math.Min(entries, 2_000_000), TimeSpan.FromSeconds(6), 3, 5_000);

    /// <summary>Shows that everything works; its figures mean nothing.</summary>
    public static readonly JournalSize Quick = new("bench-quick", 5_000, 5_000, TimeSpan.FromSeconds(1), 1, 50);

    public int Subjects => Entries / EntriesOfSubject;

    public int Streams => Subjects * StreamsOfSubject;
}
