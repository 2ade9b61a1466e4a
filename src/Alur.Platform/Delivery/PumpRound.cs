using System.Collections.Concurrent;
using System.Diagnostics;
using Alur.Platform.Resilience;
using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>
/// One round of the pump: claims for whichever channel's turn it is as long as senders are free, sends, settles, until nothing is due.
/// One loop claims, up to Concurrency lanes are sent at a time, one loop settles; they only meet in counters.
/// </summary>
internal sealed class PumpRound(
    NpgsqlDataSource db, IReadOnlyList<IDeliveryChannel> handlers, DeliveryOptions options, WakeUps wakeUps, PumpLog log, CancellationToken ct)
{
    private const int GatherMs = 5;
    private const string ReadChannels = "select name from delivery.channels order by name";

    private readonly ConcurrentDictionary<string, ChannelTurn> _turns = new(StringComparer.Ordinal);
    private readonly Queue<ChannelTurn> _rotation = new();
    private readonly Pulse _progress = new();
    private readonly PumpResult _result = new();
    private int _sending;
    private int _unsettled;
    private long _lookAt;

    public async Task<PumpResult> Run()
    {
        await using var connection = await PumpConnection.Open(db, ct);
        using var stopping = new Stopping(options.StopGrace, ct);
        await using var settler = new Settler(db, _turns, handlers, options, log, Settled, ct);
        var settling = Task.Run(settler.Run, CancellationToken.None);
        try
        {
            await Claim(connection, settler, stopping, settling);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop while looking for work.
        }
        finally
        {
            while (Volatile.Read(ref _sending) > 0) await _progress.Wait(TimeSpan.FromSeconds(5));
            settler.Complete();
            await settling;
        }

        settler.AddTo(_result);
        return _result;
    }

    private async Task Claim(NpgsqlConnection connection, Settler settler, Stopping stopping, Task settling)
    {
        while (!ct.IsCancellationRequested && !settling.IsCompleted)
        {
            await Look(connection);
            var busy = Volatile.Read(ref _sending) >= options.Concurrency || Volatile.Read(ref _unsettled) >= options.Concurrency * 3;
            if (!busy && NextTurn() is { } turn)
            {
                await Gather();
                await Claim(turn, connection, settler, stopping);
            }
            else if (!busy && Volatile.Read(ref _unsettled) == 0 && wakeUps.LocalHint() is { IsCompleted: false })
                break;
            else
                await _progress.Wait(UntilNextTurn(), busy ? settling : Task.WhenAny(wakeUps.LocalHint(), settling, stopping.AskedTask));
        }

        var tokens = _turns.Values.Where(t => !t.Dry && t.TokenAt > Environment.TickCount64).Select(t => t.TokenAt).DefaultIfEmpty(0).Min();
        if (tokens > 0) _result.NextIn = TimeSpan.FromMilliseconds(Math.Max(1, tokens - Environment.TickCount64));
    }

    /// <summary>
    /// A claim costs the database about the same for one lane as for many: where calls are fast, a few milliseconds free several senders.
    /// Where they are slow nobody notices, and while a quarter of the senders is free nothing waits.
    /// </summary>
    private async Task Gather()
    {
        var until = Environment.TickCount64 + GatherMs;
        while (options.Concurrency - Volatile.Read(ref _sending) < options.Concurrency / 4 && until > Environment.TickCount64)
            await _progress.Wait(TimeSpan.FromMilliseconds(until - Environment.TickCount64));
    }

    /// <summary>Every WorkerInterval all channels are looked at, whatever was hinted or missed; hinted ones at once.</summary>
    private async Task Look(NpgsqlConnection connection)
    {
        foreach (var hinted in wakeUps.TakeLocal())
        {
            if (_turns.TryGetValue(hinted, out var known)) known.Dry = false;
            else _lookAt = 0;
        }

        if (Environment.TickCount64 < _lookAt) return;
        _lookAt = Environment.TickCount64 + (long)options.WorkerInterval.TotalMilliseconds;
        await using var command = new NpgsqlCommand(ReadChannels, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var name = reader.GetString(0);
            if (_turns.TryGetValue(name, out var known)) known.Dry = false;
            else if (handlers.FirstOrDefault(h => h.Kind == name.Split(':')[0]) is { } handler) Join(new ChannelTurn(name, handler));
        }
    }

    private void Join(ChannelTurn turn)
    {
        _turns[turn.Name] = turn;
        _rotation.Enqueue(turn);
    }

    /// <summary>The next channel, in rotation, that may have something and holds less than its share of the senders.</summary>
    private ChannelTurn? NextTurn()
    {
        for (var i = 0; i < _rotation.Count; i++)
        {
            var turn = _rotation.Dequeue();
            _rotation.Enqueue(turn);
            if (turn.WantsClaim && Volatile.Read(ref turn.Sending) < Share) return turn;
        }

        return null;
    }

    /// <summary>With several channels none may hold all senders: a slow flood must leave room for the others.</summary>
    private int Share => _turns.Count <= 1 ? options.Concurrency : Math.Max(1, options.Concurrency * 3 / 4);

    private TimeSpan UntilNextTurn()
    {
        var until = _turns.Values.Where(t => !t.Dry && t.TokenAt > Environment.TickCount64).Select(t => t.TokenAt).Append(_lookAt).Min();
        return TimeSpan.FromMilliseconds(Math.Clamp(until - Environment.TickCount64, 1, 5000));
    }

    private async Task Claim(ChannelTurn turn, NpgsqlConnection connection, Settler settler, Stopping stopping)
    {
        var want = Math.Min(options.Concurrency - Volatile.Read(ref _sending), Share - Volatile.Read(ref turn.Sending));
        turn.Dry = true;
        turn.Short = false;
        var claim = await Claim(turn, connection, want, probe: null);
        if (claim.Gate is { ProbeFree: true, Breaker: { } breaker } && await BreakerRows.TryProbe(connection, breaker, options.Lease) is { } probe)
        {
            claim = await Claim(turn, connection, want: 1, probe);
            if (claim.Runs.Count == 0) await BreakerRows.ReleaseProbe(connection, breaker, probe);
        }

        turn.SeenEpoch(claim.Gate.Epoch);
        turn.TokenAt = Environment.TickCount64 + (long)Math.Ceiling(claim.Gate.TokenIn.TotalMilliseconds);
        turn.Short = claim.Gate.Limited && claim.Runs.Count < want;
        if (claim.Runs.Count == want || (claim.Gate.TokenIn > TimeSpan.Zero && claim.Runs.Count > 0)) turn.Dry = false;
        foreach (var run in claim.Runs) Start(turn, run, claim.Gate, settler, stopping);
    }

    private async Task<Claim> Claim(ChannelTurn turn, NpgsqlConnection connection, int want, Guid? probe)
    {
        var began = Stopwatch.GetTimestamp();
        var claim = await ClaimLanes.Run(connection, turn.Name, want, probe, options);
        DeliveryMetrics.ClaimDuration.Record(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        DeliveryMetrics.Claims.Add(claim.Runs.Count);
        _result.Lanes += claim.Runs.Count;
        return claim;
    }

    private void Start(ChannelTurn turn, LaneRun run, Gate gate, Settler settler, Stopping stopping)
    {
        Interlocked.Increment(ref _unsettled);
        // No jobs after all, or the breaker opened between two statements of the claim.
        if (run.Jobs.Count == 0 || (gate.BreakerOpen && run.Probe is null))
        {
            settler.Add(new LaneResult(run, [.. run.Jobs.Select(j => new JobResult(j, Report: null))], Release: true));
            return;
        }

        Interlocked.Increment(ref _sending);
        Interlocked.Increment(ref turn.Sending);
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await new SendRun(turn, run, options, settler, db, stopping, log).Run();
                }
                finally
                {
                    Interlocked.Decrement(ref turn.Sending);
                    Interlocked.Decrement(ref _sending);
                    _progress.Beat();
                }
            },
            CancellationToken.None);
    }

    /// <summary>Called by the settling loop only.</summary>
    private void Settled(LaneResult lane, SettleReport report)
    {
        if (!lane.Release || !lane.Run.Over.TrySetResult()) return;
        var turn = _turns[lane.Run.Channel];
        if (turn.Short || lane.Run.Probe is not null || report.LanesDueAgain.GetValueOrDefault(lane.Run.Channel)) turn.Dry = false;
        foreach (var requeued in report.Requeued) wakeUps.Wake(requeued);
        Interlocked.Decrement(ref _unsettled);
        _progress.Beat();
    }
}
