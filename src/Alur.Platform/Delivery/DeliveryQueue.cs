using Alur.Platform.Audit;
using Alur.Platform.Resilience;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>Where modules put calls that must succeed, and where operators steer them. docs/delivery.md has the states.</summary>
public sealed class DeliveryQueue(
    NpgsqlDataSource db, IEnumerable<IDeliveryChannel> channels, WakeUps wakeUps, ResilienceOptions resilience)
{
    private static readonly AuditResource Jobs = new("delivery_jobs");

    private readonly Dictionary<string, IDeliveryChannel> _handlers = channels.ToDictionary(c => c.Kind, StringComparer.Ordinal);

    /// <summary>
    /// Adds jobs in the caller's transaction. An existing PENDING job gets the new payload, a FAILED or CANCELLED one returns to PENDING
    /// with all its attempts, SENDING and SENT ones stay as they are. Locks the lanes of all keys, in key order: a transaction that
    /// enqueues or withdraws more than once should do it for keys in ascending order, or be ready to be retried after a deadlock.
    /// Call <see cref="Wake"/> after the commit.
    /// </summary>
    /// <returns>How many jobs were made, changed or put back.</returns>
    public Task<int> Enqueue(NpgsqlTransaction tx, string channel, IReadOnlyList<NewDelivery> deliveries, CancellationToken ct = default) =>
        EnqueueDeliveries.Run(tx, channel, deliveries, ct);

    /// <summary>
    /// Adds jobs behind whatever their lanes hold, in the caller's transaction and in this order: for calls that have no place of their own. Locks as
    /// <see cref="Enqueue"/> does. Call <see cref="Wake"/> after the commit.
    /// </summary>
    public Task Append(NpgsqlTransaction tx, IReadOnlyList<NextDelivery> deliveries, CancellationToken ct = default) => AppendDeliveries.Run(tx, deliveries, ct);

    /// <summary>Cancels PENDING and FAILED jobs, in the caller's transaction; a job that is being sent or was sent is left alone.</summary>
    /// <returns>The places that were cancelled by this call.</returns>
    public Task<IReadOnlyList<(string Key, int Step)>> Withdraw(
        NpgsqlTransaction tx, string channel, IReadOnlyList<(string Key, int Step)> places, CancellationToken ct = default) =>
        WithdrawDeliveries.Run(tx, channel, places, ct);

    /// <summary>
    /// Takes whole lanes back, SENT jobs included, in the caller's transaction: the destination has lost what it had accepted. All jobs of
    /// the keys become CANCELLED; nothing goes out until they are enqueued again, which gives them all their attempts and their old order.
    /// A lane that somebody holds is left alone, so that nobody sends beside its holder: ask again later.
    /// </summary>
    /// <returns>The keys whose lanes were taken back.</returns>
    public Task<IReadOnlyList<string>> Reopen(NpgsqlTransaction tx, string channel, IReadOnlyList<string> keys, CancellationToken ct = default) =>
        ReopenDeliveries.Run(tx, channel, keys, ct);

    /// <summary>Puts failed jobs back to PENDING with all their attempts and opens their lanes; the modules' rows follow in the same transaction.</summary>
    /// <param name="filter">Which jobs; an empty filter is refused (<c>REQUEUE_FILTER_EMPTY</c>).</param>
    /// <param name="actor">Who asked, for the modules' histories.</param>
    /// <param name="ct">Cancels the whole requeue.</param>
    /// <returns>How many jobs went back.</returns>
    public Task<Result<int>> Requeue(RequeueFilter filter, string actor, CancellationToken ct = default) => Requeue(filter, actor, origin: null, ct);

    /// <summary>The same because somebody asked for it, who is written into the audit.</summary>
    public Task<Result<int>> Requeue(RequeueFilter filter, AuditOrigin origin, CancellationToken ct = default) => Requeue(filter, origin.Actor.Label, origin, ct);

    private async Task<Result<int>> Requeue(RequeueFilter filter, string actor, AuditOrigin? origin, CancellationToken ct)
    {
        if (filter.IsEmpty) return new Invalid("REQUEUE_FILTER_EMPTY", "Say which failed jobs to requeue: no condition was given.");
        var requeued = new Dictionary<string, int>(StringComparer.Ordinal);
        await using (var connection = await db.OpenConnectionAsync(ct))
        await using (var tx = await connection.BeginTransactionAsync(ct))
        {
            foreach (var handler in _handlers.Values.OrderBy(h => h.Kind, StringComparer.Ordinal))
            {
                var some = await RequeueFailed.Run(connection, tx, handler.Kind, handler.RequeueEffects, filter, null, actor, ct);
                foreach (var (channel, count) in some) requeued.Add(channel, count);
            }

            if (origin is not null && requeued.Count > 0) await WriteAudit.Run(tx, origin, EntryOf(filter, requeued), ct);
            await tx.CommitAsync(ct);
        }

        foreach (var channel in requeued.Keys) Wake(channel);
        return requeued.Values.Sum();
    }

    /// <summary>Makes the channel's row, or brings its limits and breaker up to date. A new channel is neither paused nor limited beyond this.</summary>
    /// <param name="channel">Full name, such as <c>bpjs:default</c>.</param>
    /// <param name="limits">Over all nodes.</param>
    /// <param name="breaker">Name of the breaker that gates it, made with the configured thresholds; null: none.</param>
    /// <param name="ct">Cancels.</param>
    public Task EnsureChannel(string channel, ChannelLimits limits, string? breaker, CancellationToken ct = default) =>
        ChannelRows.Ensure(db, channel, limits, breaker, resilience.Policy, ct);

    /// <summary>The same in the caller's transaction, so that both come or neither.</summary>
    internal Task EnsureChannel(NpgsqlTransaction tx, string channel, ChannelLimits limits, string? breaker, CancellationToken ct) =>
        ChannelRows.Ensure(tx, channel, limits, breaker, resilience.Policy, ct);

    /// <summary>Stops new calls of a channel; calls in flight finish. No job is touched.</summary>
    /// <param name="channel">Full channel name.</param>
    /// <param name="reason">Shown to people.</param>
    /// <param name="until">Engine time; null: until it is resumed.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Whether there is such a channel.</returns>
    public Task<bool> Pause(string channel, string reason, DateTimeOffset? until = null, CancellationToken ct = default) =>
        ChannelRows.Pause(db, channel, until, reason, ct);

    /// <summary>The same because somebody asked for it, who is written into the audit.</summary>
    public Task<bool> Pause(string channel, string reason, DateTimeOffset? until, AuditOrigin origin, CancellationToken ct = default) =>
        SteerChannel.Run(db, channel, new SteerChannel.Gate(Paused: true, until, reason), origin, ct);

    /// <summary>Lets a paused channel send again because somebody asked for it, who is written into the audit.</summary>
    /// <returns>Whether there is such a channel.</returns>
    public async Task<bool> Resume(string channel, AuditOrigin origin, CancellationToken ct = default)
    {
        var found = await SteerChannel.Run(db, channel, new SteerChannel.Gate(Paused: false, PausedUntil: null, PausedReason: null), origin, ct);
        if (found) Wake(channel);
        return found;
    }

    /// <summary>Lets a paused channel send again.</summary>
    /// <returns>Whether there is such a channel.</returns>
    public async Task<bool> Resume(string channel, CancellationToken ct = default)
    {
        var found = await ChannelRows.Resume(db, channel, ct);
        if (found) Wake(channel);
        return found;
    }

    /// <summary>The channels that are paused now, in order of their names.</summary>
    public Task<IReadOnlyList<PausedChannel>> Paused(CancellationToken ct = default) => ChannelRows.Paused(db, ct);

    /// <summary>Waits until the channel's rate lets one more call start, and counts it: for look-ups, which are no jobs.</summary>
    public Task TakeTurn(string channel, CancellationToken ct = default) => Delivery.TakeTurn.Run(db, channel, ct);

    /// <summary>Says, after a commit, that a channel may have due jobs. A hint: without it they go out within the worker's interval.</summary>
    public void Wake(string channel) => wakeUps.Wake(channel);

    // How many, not which: a filter may stand for thousands.
    private static AuditEntry EntryOf(RequeueFilter filter, Dictionary<string, int> requeued) => new(
        AuditAction.Update,
        Jobs,
        filter.JobIds is [var only] ? only.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        OldValues: new { State = "FAILED" },
        new { State = "PENDING", Requeued = requeued, filter.Code, filter.Fingerprint, filter.KeyPrefix });
}

/// <summary>A channel that makes no calls now.</summary>
/// <param name="Name">Full channel name, such as <c>bpjs:default</c>.</param>
/// <param name="Until">Database time; null: until somebody resumes it.</param>
/// <param name="Reason">Shown to people.</param>
public sealed record PausedChannel(string Name, DateTimeOffset? Until, string Reason);
