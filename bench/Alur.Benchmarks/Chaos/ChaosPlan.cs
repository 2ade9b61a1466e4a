using Alur.Simulators;

namespace Alur.Benchmarks.Chaos;

/// <summary>What is done to the machines.</summary>
internal enum Blow
{
    /// <summary><c>kill -9</c> of one of our servers; started again after the length.</summary>
    KillServer,

    /// <summary>One of our servers stands still for the length and then goes on as if nothing had been: a virtual machine that was moved.</summary>
    FreezeServer,

    /// <summary>PostgreSQL is told to end in order; started again after the length.</summary>
    StopPostgres,

    /// <summary>PostgreSQL ends at once and recovers at its next start (<c>pg_ctl -m immediate</c>).</summary>
    QuitPostgres,

    /// <summary><c>kill -9</c> of PostgreSQL's server process.</summary>
    KillPostgres,

    /// <summary><c>kill -9</c> of one session's process: PostgreSQL cuts all others and recovers by itself.</summary>
    KillSession,

    /// <summary>Khanza's MariaDB is stopped in order; started again after the length.</summary>
    StopKhanza,

    /// <summary><c>kill -9</c> of Khanza's MariaDB.</summary>
    KillKhanza,
}

/// <summary>One blow.</summary>
/// <param name="At">After the doors opened, in real time.</param>
/// <param name="Length">Until what was ended is started again.</param>
/// <param name="Which">Which of several, by chance: any number.</param>
internal sealed record PlannedBlow(TimeSpan At, Blow Blow, TimeSpan Length, int Which);

/// <summary>One jump of the clock by which our servers reckon the hospital's day.</summary>
internal sealed record PlannedJump(TimeSpan At, TimeSpan Length, TimeSpan By);

/// <summary>
/// Everything that will happen to the machines on one day; the same seed plans the same blows. What they hit depends on what the processes
/// are just doing, so that two runs with one seed are alike, not the same.
/// </summary>
internal sealed record ChaosPlan(IReadOnlyList<PlannedBlow> Blows, IReadOnlyList<PlannedJump> Jumps)
{
    // Three of five kill a server; the rest is shared by the others.
    private static readonly Blow[] Others = [Blow.FreezeServer, Blow.StopPostgres, Blow.QuitPostgres, Blow.KillPostgres, Blow.KillSession, Blow.StopKhanza, Blow.KillKhanza];
    private const double ShareOfKills = 0.6;

    private static readonly TimeSpan[] WrongBy =
    [
        TimeSpan.FromMinutes(-20), TimeSpan.FromMinutes(20), TimeSpan.FromHours(-3), TimeSpan.FromHours(3),
        TimeSpan.FromDays(-1), TimeSpan.FromDays(1), TimeSpan.FromDays(-40), TimeSpan.FromDays(40),
    ];

    public static ChaosPlan Of(int seed, TimeSpan day)
    {
        var chance = new Random(seed);
        return new([.. PlanBlows(chance, day)], [.. PlanJumps(chance, day)]);
    }

    /// <summary>The clock as our servers see it.</summary>
    public HospitalClock Disturb(HospitalClock clock) => new(clock.Start, clock.End, clock.Factor, clock.Anchor)
    {
        Jumps = [.. Jumps.Select(j => new ClockJump(clock.Anchor + j.At, clock.Anchor + j.At + j.Length, j.By))],
    };

    private static IEnumerable<PlannedBlow> PlanBlows(Random chance, TimeSpan day)
    {
        for (var at = Seconds(chance, 1, 3); at < day; at += Seconds(chance, 1, 3.5))
        {
            var blow = chance.NextDouble() < ShareOfKills ? Blow.KillServer : Others[chance.Next(Others.Length)];
            yield return new(at, blow, Length(chance, blow), chance.Next());
        }
    }

    // Now and then PostgreSQL is away, or a server stands still, for longer than a lease.
    private static TimeSpan Length(Random chance, Blow blow) => (blow, chance.NextDouble() < 0.2) switch
    {
        (Blow.KillSession, _) => TimeSpan.Zero,
        (Blow.KillServer, false) => Seconds(chance, 0, 1),
        (Blow.KillServer, true) => Seconds(chance, 2, 6),
        (_, false) => Seconds(chance, 0, 3),
        (_, true) => Seconds(chance, 8, 14),
    };

    private static IEnumerable<PlannedJump> PlanJumps(Random chance, TimeSpan day)
    {
        for (var at = Seconds(chance, 2, 12); at < day; at += Seconds(chance, 8, 20))
        {
            var length = Seconds(chance, 1.5, 4);
            yield return new(at, length, WrongBy[chance.Next(WrongBy.Length)]);
            at += length;
        }
    }

    private static TimeSpan Seconds(Random chance, double least, double most) => TimeSpan.FromSeconds(least + (chance.NextDouble() * (most - least)));
}
