namespace Alur.Benchmarks.Fanout;

/// <summary>How much work a run is.</summary>
/// <param name="Cluster">Directory name of the private PostgreSQL.</param>
/// <param name="Few">Sockets of the goal in milliseconds.</param>
/// <param name="Many">Sockets of the goals beside the peers.</param>
/// <param name="Rounds">Broadcasts that are measured for each party.</param>
/// <param name="Connects">Sockets that come and go.</param>
/// <param name="Chaos">What the careful clients go through.</param>
internal sealed record FanoutSize(string Cluster, int Few, int Many, int Rounds, int Connects, FanoutChaosSize Chaos)
{
    public static readonly FanoutSize Full = new("bench", 1_000, 5_000, 300, 10_000, new FanoutChaosSize(TimeSpan.FromSeconds(40), Clients: 100, Stalled: 10, PerSecond: 100));

    /// <summary>Shows that everything works; its figures mean nothing.</summary>
    public static readonly FanoutSize Quick = new("bench-quick", 20, 40, 6, 60, new FanoutChaosSize(TimeSpan.FromSeconds(4), Clients: 12, Stalled: 0, PerSecond: 50));
}

/// <summary>What the careful clients go through.</summary>
/// <param name="Span">How long entries are written.</param>
/// <param name="Clients">Who follow, are cut off and come back.</param>
/// <param name="Stalled">Who follow and never read.</param>
/// <param name="PerSecond">Entries, two kilobytes each.</param>
internal sealed record FanoutChaosSize(TimeSpan Span, int Clients, int Stalled, int PerSecond);
