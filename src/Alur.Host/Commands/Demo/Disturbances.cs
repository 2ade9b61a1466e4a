using Alur.Simulators;

namespace Alur.Host.Commands.Demo;

/// <summary>What a day is played on, for whoever disturbs it.</summary>
internal sealed record DayInPlay(DemoStage Stage, IReadOnlyList<DemoNode> Nodes, CallsInHand InHand, HospitalClock Clock);

/// <summary>What happens to the machines while the day passes; patients do not wait for servers.</summary>
internal interface IDisturbances
{
    /// <summary>How many servers share the work.</summary>
    int Nodes { get; }

    /// <summary>Servers, or the database they need, may be away just now; none of them has to answer.</summary>
    bool MayBeAway { get; }

    /// <summary>The longest time in which no poll may come through.</summary>
    TimeSpan Blindness { get; }

    /// <summary>The clock that our servers are given.</summary>
    HospitalClock ClockOfServers(HospitalClock hospital);

    /// <summary>Begins when the doors open; afterwards everything runs again.</summary>
    Task Run(DayInPlay day, CancellationToken ct);

    /// <summary>After the day: what a person does about tasks that failed.</summary>
    Task Mend(DemoEyes eyes, CancellationToken ct);
}

/// <summary>A day on which nothing happens to the machines.</summary>
internal class QuietDay : IDisturbances
{
    public int Nodes => 1;

    public virtual bool MayBeAway => false;

    // Polls come every second, on a slow machine every three.
    public TimeSpan Blindness => DemoSettings.Poll * 3;

    public HospitalClock ClockOfServers(HospitalClock hospital) => hospital;

    public virtual Task Run(DayInPlay day, CancellationToken ct) => Task.CompletedTask;

    public Task Mend(DemoEyes eyes, CancellationToken ct) => Task.CompletedTask;
}

/// <summary>The heavy day: Khanza's database is restarted in the morning, our server killed at noon and started again.</summary>
internal sealed class HeavyDay : QuietDay
{
    private volatile bool _killed;

    public override bool MayBeAway => _killed;

    public override async Task Run(DayInPlay day, CancellationToken ct)
    {
        await Until(DemoSettings.Disturbances.Khanza, day.Clock, ct);
        await day.Stage.StopKhanza(ct);
        await day.Stage.StartKhanza(ct);
        await Until(DemoSettings.Disturbances.Server, day.Clock, ct);
        _killed = true;
        await day.Nodes[0].Kill(day.InHand, awaySince: null, ct);
        day.Nodes[0].Start(sameAddress: true);
        await day.Nodes[0].Ready(ct);
        _killed = false;
    }

    private static async Task Until(TimeOnly time, HospitalClock clock, CancellationToken ct)
    {
        while (TimeOnly.FromDateTime(clock.Now.DateTime) < time)
            await Task.Delay(20, ct);
    }
}
