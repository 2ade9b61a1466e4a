using System.Diagnostics;
using Alur.Platform.Resilience;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>What a settle found out, besides being done.</summary>
internal sealed class SettleReport
{
    public Dictionary<string, bool> LanesDueAgain { get; } = new(StringComparer.Ordinal);

    public int FencedOff { get; set; }

    /// <summary>By lane of the batch, in its order.</summary>
    public IReadOnlyList<IReadOnlyList<Verdict>> Verdicts { get; set; } = [];

    public HashSet<string> Requeued { get; } = new(StringComparer.Ordinal);
}

/// <summary>
/// Settles one batch of one kind. Without an outage and without a probe in it: one round trip that neither locks nor writes a breaker. Otherwise one
/// transaction in which the breakers move first, because they decide whose attempts count.
/// </summary>
internal sealed class SettleBatch(
    NpgsqlConnection connection, IReadOnlyDictionary<string, ChannelTurn> turns, IReadOnlyList<IDeliveryChannel> handlers,
    DeliveryOptions options, PumpLog log)
{
    internal const string ReadTroubledBreakers = """
        select c.name, b.epoch, b.state = 'CLOSED'
        from delivery.channels c
        join platform.breakers b on b.name = c.breaker
        where c.name = any($1) and (b.state <> 'CLOSED' or b.consecutive_failures > 0)
        """;

    // The breakers' locks are held, so an earlier try has either committed or never will.
    private const string ReadRecorded = """
        select exists (
            select 1 from delivery.attempts a
            where a.job_id = any($1) and a.lease_token = any($2) and a.recorded_at > now() - interval '1 day')
        """;

    private const string ReadBreakerNames = "select name, breaker from delivery.channels where name = any($1) and breaker is not null";

    private readonly SettleReport _report = new();

    /// <summary>Settles all of it or nothing.</summary>
    /// <param name="effects">The module's part of the settle statement.</param>
    /// <param name="lanes">One kind's results.</param>
    /// <param name="again">An earlier try broke off, perhaps after its commit.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<SettleReport> Run(string effects, IReadOnlyList<LaneResult> lanes, bool again, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        if (lanes.Any(l => l.Run.Probe is not null || l.Results.Any(r => r.IsOutage)))
            await WithBreakers(effects, lanes, again, ct);
        else
            await Alone(effects, lanes, again, ct);
        DeliveryMetrics.SettleDuration.Record(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        DeliveryMetrics.SettleSize.Record(lanes.Sum(l => l.Results.Count));
        return _report;
    }

    private async Task Alone(string effects, IReadOnlyList<LaneResult> lanes, bool again, CancellationToken ct)
    {
        var channels = Channels(lanes);
        var (lockLanes, settle) = SettleLanes.Commands(lanes, Judge(lanes, _ => true), effects, again);
        var troubled = new List<string>();
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { lockLanes, settle, ByChannels(ReadTroubledBreakers, channels) } })
        {
            await batch.PrepareAsync(ct);
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            await ReadSettled(reader, ct);
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                turns[reader.GetString(0)].SeenEpoch(reader.GetInt64(1));
                if (reader.GetBoolean(2)) troubled.Add(reader.GetString(0));
            }
        }

        // A success ends the count of consecutive failures: its own small transaction, only when there is something to end.
        if (lanes.Any(l => troubled.Contains(l.Run.Channel) && l.Results.Any(r => r.Failed == false))) await OnlyBreakers(lanes, ct);
    }

    private async Task OnlyBreakers(IReadOnlyList<LaneResult> lanes, CancellationToken ct)
    {
        await using var tx = await connection.BeginTransactionAsync(ct);
        var names = await BreakerNames(tx, Channels(lanes), ct);
        var locked = await BreakerRows.Lock(connection, tx, [.. names.Values.Distinct(StringComparer.Ordinal)], ct);
        await MoveBreakers(tx, lanes, names, locked, ct);
        await tx.CommitAsync(ct);
    }

    private async Task WithBreakers(string effects, IReadOnlyList<LaneResult> lanes, bool again, CancellationToken ct)
    {
        await using var tx = await connection.BeginTransactionAsync(ct);
        var names = await BreakerNames(tx, Channels(lanes), ct);
        var locked = await BreakerRows.Lock(connection, tx, [.. names.Values.Distinct(StringComparer.Ordinal)], ct);
        var recorded = again && await IsRecorded(tx, lanes, ct);
        var counts = recorded ? [] : await MoveBreakers(tx, lanes, names, locked, ct);
        var (lockLanes, settle) = SettleLanes.Commands(lanes, Judge(lanes, counts.Contains), effects, again);
        await using (var batch = new NpgsqlBatch(connection, tx) { BatchCommands = { lockLanes, settle } })
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            await ReadSettled(reader, ct);
        }

        await tx.CommitAsync(ct);
    }

    /// <summary>Folds the results, in the order of the calls, into the breakers of their channels.</summary>
    /// <returns>The results that found the breaker closed and left it closed: only those consume an attempt.</returns>
    private async Task<HashSet<JobResult>> MoveBreakers(
        NpgsqlTransaction tx, IReadOnlyList<LaneResult> lanes, Dictionary<string, string> names, List<LockedBreaker> locked, CancellationToken ct)
    {
        var closed = new HashSet<JobResult>(ReferenceEqualityComparer.Instance);
        foreach (var lane in lanes.Where(l => !names.ContainsKey(l.Run.Channel))) closed.UnionWith(lane.Results);
        foreach (var before in locked)
        {
            var breaker = before.Value;
            foreach (var lane in lanes.Where(l => names.GetValueOrDefault(l.Run.Channel) == before.Name))
            {
                foreach (var result in lane.Results)
                {
                    var call = new CallResult(lane.Run.Epoch, lane.Run.Probe, result.Failed, (result.Report?.Outcome as RetryLater)?.Reason);
                    var counts = breaker.State == BreakerState.Closed && breaker.Counts(call);
                    breaker = breaker.After(call, before.Policy, before.Now);
                    // The outage that opens it keeps its attempt too: a lone job must be left to probe with.
                    if (counts && breaker.State == BreakerState.Closed) closed.Add(result);
                }
            }

            if (breaker == before.Value) continue;
            await BreakerRows.Save(connection, tx, before.Name, breaker, ct);
            await Changed(tx, before, breaker, names, ct);
        }

        return closed;
    }

    private async Task Changed(
        NpgsqlTransaction tx, LockedBreaker before, Breaker after, Dictionary<string, string> names, CancellationToken ct)
    {
        if (before.Value.Epoch == after.Epoch) return;
        DeliveryMetrics.BreakerChanges.Add(1, new KeyValuePair<string, object?>("state", after.State.ToString()));
        log.BreakerChanged(before.Name, after.State.ToString(), after.LastError);
        foreach (var (channel, breaker) in names)
        {
            if (breaker == before.Name) turns[channel].SeenEpoch(after.Epoch);
        }

        if (after.State != BreakerState.Closed) return;
        foreach (var handler in handlers)
        {
            var some = await RequeueFailed.Run(connection, tx, handler.Kind, handler.RequeueEffects, new RequeueFilter(), before.Name, "breaker", ct);
            foreach (var (channel, count) in some)
            {
                log.RequeuedAfterOutage(count, channel);
                _report.Requeued.Add(channel);
            }
        }
    }

    /// <summary>Whether an earlier try got through: then its results have moved the breakers already.</summary>
    private async Task<bool> IsRecorded(NpgsqlTransaction tx, IReadOnlyList<LaneResult> lanes, CancellationToken ct)
    {
        var read = new NpgsqlBatchCommand(ReadRecorded)
            .With(lanes.SelectMany(l => l.Results).Select(r => r.Job.Job.JobId).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint)
            .With(lanes.Select(l => l.Run.Token).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        await using var batch = new NpgsqlBatch(connection, tx) { BatchCommands = { read } };
        return await batch.ExecuteScalarAsync(ct) is true;
    }

    private async Task<Dictionary<string, string>> BreakerNames(NpgsqlTransaction tx, string[] channels, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, tx) { BatchCommands = { ByChannels(ReadBreakerNames, channels) } };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct)) names.Add(reader.GetString(0), reader.GetString(1));
        return names;
    }

    private async Task ReadSettled(NpgsqlDataReader reader, CancellationToken ct)
    {
        while (await reader.ReadAsync(ct))
        {
            _report.FencedOff = reader.GetInt32(1);
            _report.LanesDueAgain[reader.GetString(0)] = reader.GetBoolean(2);
        }
    }

    private IReadOnlyList<IReadOnlyList<Verdict>> Judge(IReadOnlyList<LaneResult> lanes, Func<JobResult, bool> breakerClosed)
    {
        var now = DateTimeOffset.UtcNow;
        return _report.Verdicts =
        [
            .. lanes.Select(l => (IReadOnlyList<Verdict>)
                [.. l.Results.Select(r => Verdict.Of(r, breakerClosed(r), options, now, Random.Shared.NextDouble()))]),
        ];
    }

    private static string[] Channels(IReadOnlyList<LaneResult> lanes) =>
        [.. lanes.Select(l => l.Run.Channel).Distinct(StringComparer.Ordinal)];

    private static NpgsqlBatchCommand ByChannels(string text, string[] channels) =>
        new NpgsqlBatchCommand(text).With(channels, NpgsqlDbType.Array | NpgsqlDbType.Text);
}
