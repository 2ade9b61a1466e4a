using System.Globalization;
using System.Text.RegularExpressions;
using Alur.Host.Commands.Demo;
using Alur.Simulators;

namespace Alur.Benchmarks.Chaos;

/// <summary>Carries out the plan beside one hospital day, and afterwards brings everything up again.</summary>
internal sealed partial class ChaosDay(ChaosPlan plan, ChaosCounts counts, TextWriter log) : IDisturbances, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    // A server has settled what it held at the latest so long after PostgreSQL is back.
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(8);

    // A server that is started while its database is away gives up after half a minute, and is started again as a service would be.
    private const int StartsAtTheEnd = 5;

    private readonly SemaphoreSlim _postgres = new(1);
    private readonly SemaphoreSlim _khanza = new(1);
    private readonly SemaphoreSlim[] _node = [new(1), new(1)];
    private DateTimeOffset _postgresLeft = DateTimeOffset.MinValue;
    private DateTimeOffset _postgresCame = DateTimeOffset.MinValue;
    private volatile bool _over;

    public int Nodes => _node.Length;

    public bool MayBeAway => !_over;

    public TimeSpan Blindness => TimeSpan.FromMinutes(1);

    public HospitalClock ClockOfServers(HospitalClock hospital) => plan.Disturb(hospital);

    public async Task Run(DayInPlay day, CancellationToken ct)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = StartAgain(day, done.Token);
        var blows = plan.Blows.Select(b => At(day, b, ct)).ToList();
        counts.ClockJumps += plan.Jumps.Count;
        await Task.WhenAll(blows);
        await day.Stage.StartPostgres(ct);
        await day.Stage.StartKhanza(ct);
        await done.CancelAsync();
        await watching;
        for (var n = 0; n < Nodes; n++)
            await BringUp(day, n, ct);
        _over = true;
    }

    // Faults strike one call in seven, so that now and then five in a row use up a task's attempts, as configured. Then the work list shows it, and
    // somebody puts it back. What BPJS refused stays: that would be our mistake.
    public async Task Mend(DemoEyes eyes, CancellationToken ct)
    {
        foreach (var kind in (await eyes.Failures(ct)).Where(f => !Refusal().IsMatch(f.Example ?? "")))
        {
            counts.Requeued += kind.Count;
            await log.WriteLineAsync($"  after the day: {kind.Count} task(s) put back by hand, which had failed with: {kind.Example}");
            await eyes.Requeue(kind.Fingerprint, ct);
        }
    }

    public void Dispose()
    {
        foreach (var one in (SemaphoreSlim[])[_postgres, _khanza, .. _node])
            one.Dispose();
    }

    private async Task At(DayInPlay day, PlannedBlow blow, CancellationToken ct)
    {
        var wait = day.Clock.Anchor + blow.At - DateTimeOffset.UtcNow;
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, ct);
        var number = blow.Which % Nodes;
        await (blow.Blow switch
        {
            Blow.KillServer => Alone(_node[number], () => KillServer(day, number, blow, ct), ct),
            Blow.FreezeServer => Alone(_node[number], () => Freeze(day, number, blow, ct), ct),
            Blow.StopKhanza or Blow.KillKhanza => Alone(_khanza, () => Khanza(day, blow, ct), ct),
            _ => Alone(_postgres, () => Postgres(day, blow, ct), ct),
        });
    }

    private static async Task Alone(SemaphoreSlim one, Func<Task> act, CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            await act();
        }
        finally
        {
            one.Release();
        }
    }

    private async Task KillServer(DayInPlay day, int number, PlannedBlow blow, CancellationToken ct)
    {
        var node = day.Nodes[number];
        if (node.IsRunning)
        {
            await node.Kill(day.InHand, AwaySince(), ct);
            counts.Kills++;
            Tell(day, string.Create(CultureInfo.InvariantCulture, $"killed server {number + 1}, again in {blow.Length.TotalSeconds:0.0} s"));
        }

        await Task.Delay(blow.Length, ct);
        node.Start();
    }

    // What it had in hand somebody else may have told again when it wakes.
    private async Task Freeze(DayInPlay day, int number, PlannedBlow blow, CancellationToken ct)
    {
        if (day.Nodes[number] is not { IsRunning: true, Child: { } child })
            return;
        DemoChild.Signal(child.Pid, "STOP");
        counts.Freezes++;
        Tell(day, string.Create(CultureInfo.InvariantCulture, $"server {number + 1} stands still for {blow.Length.TotalSeconds:0.0} s"));
        try
        {
            await day.InHand.Note(AwaySince(), ct);
            await Task.Delay(blow.Length, ct);
        }
        finally
        {
            DemoChild.Signal(child.Pid, "CONT");
        }
    }

    private async Task Khanza(DayInPlay day, PlannedBlow blow, CancellationToken ct)
    {
        await (blow.Blow == Blow.StopKhanza ? day.Stage.StopKhanza(ct) : day.Stage.MariaDb.Kill(ct));
        counts.Restarts++;
        Tell(day, string.Create(CultureInfo.InvariantCulture, $"{blow.Blow}, again in {blow.Length.TotalSeconds:0.0} s"));
        await Task.Delay(blow.Length, ct);
        await day.Stage.StartKhanza(ct);
    }

    private async Task Postgres(DayInPlay day, PlannedBlow blow, CancellationToken ct)
    {
        Tell(day, string.Create(CultureInfo.InvariantCulture, $"{blow.Blow}, again in {blow.Length.TotalSeconds:0.0} s"));
        if (DateTimeOffset.UtcNow - _postgresCame > Settles)
            _postgresLeft = DateTimeOffset.UtcNow;
        _postgresCame = DateTimeOffset.MaxValue;
        if (blow.Blow == Blow.StopPostgres)
            await day.Stage.StopPostgres(ct);
        else if (day.Stage.Postmaster is { } server)
            await PostgresSignals.Send(blow.Blow, server, blow.Which, ct);
        counts.Restarts++;
        await Task.Delay(blow.Length, ct);
        await day.Stage.StartPostgres(ct);
        _postgresCame = DateTimeOffset.UtcNow;
    }

    // A server holds what it was answered in memory for as long as PostgreSQL is away; killed then, it forgets all of that.
    private DateTimeOffset? AwaySince() => DateTimeOffset.UtcNow - _postgresCame < Settles ? _postgresLeft : null;

    // As a service manager does: what ended by itself is started again.
    private async Task StartAgain(DayInPlay day, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Look, ct);
                for (var n = 0; n < Nodes; n++)
                    await Alone(_node[n], () => Revive(day, n), ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The day is over.
        }
    }

    private async Task Revive(DayInPlay day, int number)
    {
        var node = day.Nodes[number];
        if (node.IsRunning)
            return;
        counts.Ended.Add($"Server {number + 1} ended by itself. {string.Join(" | ", node.Child!.LastLines().Skip(1).TakeLast(3))}");
        Tell(day, counts.Ended[^1]);
        node.Start();
    }

    private async Task BringUp(DayInPlay day, int number, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            await Revive(day, number);
            try
            {
                await day.Nodes[number].Ready(ct);
                return;
            }
            catch (Host.Startup.Refusal) when (tries < StartsAtTheEnd && !day.Nodes[number].IsRunning)
            {
                // Its patience with the database was over just before that came back.
            }
        }
    }

    private void Tell(DayInPlay day, string what) => log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {day.Clock.Now:HH:mm} h: {what}"));

    // BPJS's own word comes first, such as LATER_TASK_RECORDED.
    [GeneratedRegex("^[A-Z_]+: ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Refusal();
}
