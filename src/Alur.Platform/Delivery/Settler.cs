using System.Threading.Channels;
using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>
/// Settles what the senders hand over, as many lanes at once as have come together: while one batch is being settled the next one gathers.
/// Results survive a database that is away; a batch that PostgreSQL refuses is halved until the one bad result is found.
/// </summary>
internal sealed class Settler(
    NpgsqlDataSource db, IReadOnlyDictionary<string, ChannelTurn> turns, IReadOnlyList<IDeliveryChannel> handlers, DeliveryOptions options,
    PumpLog log, Action<LaneResult, SettleReport> settled, CancellationToken stop) : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private readonly Channel<LaneResult> _queue = Channel.CreateUnbounded<LaneResult>(new() { SingleReader = true });
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Dictionary<string, int> _tally = new(StringComparer.Ordinal) { ["SENT"] = 0, ["FAILED"] = 0, ["PENDING"] = 0, ["CANCELLED"] = 0, [""] = 0 };
    private NpgsqlConnection? _connection;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _doubtful; // something of the batch at hand may have been settled without our knowing
    private int _fencedOff;

    public void Add(LaneResult result) => _queue.Writer.TryWrite(result);

    /// <summary>Runs until <see cref="Complete"/> was called and everything is settled.</summary>
    public async Task Run()
    {
        try
        {
            await SettleAll();
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Completes when nothing more will be settled.</summary>
    public Task Ended => _ended.Task;

    private async Task SettleAll()
    {
        await using var patience = stop.Register(() => _giveUp.CancelAfter(options.StopGrace + StopPatience));
        while (await _queue.Reader.WaitToReadAsync())
        {
            var batch = new List<LaneResult>();
            for (var jobs = 0; jobs < options.SettleBatch && _queue.Reader.TryRead(out var lane); jobs += lane.Results.Count + 1) batch.Add(lane);
            foreach (var kind in batch.GroupBy(l => turns[l.Run.Channel].Handler))
            {
                _doubtful = false;
                await SettleOrHalve(kind.Key, [.. kind]);
            }
        }
    }

    /// <summary>No more results will come.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Adds what was settled to the round's result.</summary>
    public void AddTo(PumpResult result)
    {
        result.Delivered += _tally["SENT"];
        result.Failed += _tally["FAILED"];
        result.Postponed += _tally["PENDING"];
        result.Dropped += _tally["CANCELLED"];
        result.GivenBack += _tally[""];
        result.FencedOff += _fencedOff;
    }

    public async ValueTask DisposeAsync()
    {
        await Disconnect();
        _giveUp.Dispose();
    }

    private async Task SettleOrHalve(IDeliveryChannel handler, List<LaneResult> lanes)
    {
        var refusal = await Attempt(handler.SettleEffects, lanes);
        if (refusal is null) return;
        var (first, second) = Halve(lanes);
        if (second.Count > 0)
        {
            await SettleOrHalve(handler, first);
            await SettleOrHalve(handler, second);
            return;
        }

        await SettleBad(handler, lanes[0], refusal);
    }

    /// <summary>One result alone is refused: without its texts, then without the module's effects as a failed job; else its lease runs out.</summary>
    private async Task SettleBad(IDeliveryChannel handler, LaneResult lane, PostgresException refusal)
    {
        log.Refused(refusal, lane.Run.Channel, lane.Results.Select(r => r.Job.Job.JobId).FirstOrDefault());
        if (lane.Results is [{ Report: { } report } result])
        {
            var bare = report.Exchange is { } e ? e with { Message = null, Request = null, Response = null } : null;
            if (await Attempt(handler.SettleEffects, [lane with { Results = [result with { Report = report with { Exchange = bare } }] }]) is null)
                return;
            var failed = new DeliveryReport(new Rejected($"The result could not be stored: {refusal.MessageText}"), bare);
            if (await Attempt("", [new LaneResult(lane.Run, [result with { Report = failed, Unstorable = true }], Release: true)]) is null) return;
        }

        settled(lane, new SettleReport());
    }

    /// <summary>Tries until it is settled or refused.</summary>
    /// <returns>Null when settled (or given up because the node stops), else why PostgreSQL refuses this batch.</returns>
    private async Task<PostgresException?> Attempt(string effects, IReadOnlyList<LaneResult> lanes)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                _connection ??= await PumpConnection.Open(db, _giveUp.Token);
                var report = await new SettleBatch(_connection, turns, handlers, options, log)
                    .Run(effects, lanes, again: _doubtful, _giveUp.Token);
                log.DatabaseIsBack();
                Count(report);
                foreach (var lane in lanes) settled(lane, report);
                return null;
            }
            catch (PostgresException ex) when (!IsPassing(ex))
            {
                await Disconnect();
                return ex;
            }
            catch (Exception ex) when (ex is NpgsqlException or TimeoutException or IOException)
            {
                // Also after a commit whose outcome is unknown: settling again is harmless.
                _doubtful = true;
                log.DatabaseIsAway(ex);
                await Disconnect();
                if (!await Wait(failures)) return Lost(lanes);
            }
            catch (OperationCanceledException)
            {
                return Lost(lanes);
            }
        }
    }

    private void Count(SettleReport report)
    {
        _fencedOff += report.FencedOff;
        DeliveryMetrics.FencedOff.Add(report.FencedOff);
        foreach (var verdict in report.Verdicts.SelectMany(v => v))
        {
            _tally[verdict.Outcome is null ? "" : verdict.State]++;
            DeliveryMetrics.Results.Add(1, new KeyValuePair<string, object?>("outcome", verdict.Outcome ?? "GIVEN_BACK"));
        }
    }

    /// <summary>Says something about the server or about others' locks, nothing about this batch.</summary>
    private static bool IsPassing(PostgresException ex) => ex.IsTransient || ex.SqlState is
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
        or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.ReadOnlySqlTransaction;

    private PostgresException? Lost(IReadOnlyList<LaneResult> lanes)
    {
        log.GaveUp(lanes.Sum(l => l.Results.Count));
        foreach (var lane in lanes) settled(lane, new SettleReport());
        return null;
    }

    private async Task<bool> Wait(int failures)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5000, 50 * Math.Pow(2, Math.Min(failures, 10)))), _giveUp.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task Disconnect()
    {
        if (_connection is null) return;
        await _connection.DisposeAsync();
        _connection = null;
    }

    /// <summary>
    /// Halves by lanes; a single lane by its results, of which only the last part releases it. What was given back goes first: the part that releases
    /// must be the one that knows how the run ended, or the lane would flow on past a failed job.
    /// </summary>
    private static (List<LaneResult> First, List<LaneResult> Second) Halve(List<LaneResult> lanes)
    {
        if (lanes.Count > 1) return (lanes[..(lanes.Count / 2)], lanes[(lanes.Count / 2)..]);
        var lane = lanes[0];
        var made = lane.Results.TakeWhile(r => r.Report is not null).Count();
        if (made > 0 && made < lane.Results.Count)
            return ([lane with { Results = [.. lane.Results.Skip(made)], Release = false }], [lane with { Results = [.. lane.Results.Take(made)] }]);
        var half = lane.Results.Count / 2;
        if (half == 0) return (lanes, []);
        return (
            [lane with { Results = [.. lane.Results.Take(half)], Release = false }],
            [lane with { Results = [.. lane.Results.Skip(half)] }]);
    }
}
