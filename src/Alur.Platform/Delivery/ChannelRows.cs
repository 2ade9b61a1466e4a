using Alur.Platform.Resilience;
using Alur.Platform.Texts;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>The rows of <c>delivery.channels</c>: one per destination account, with its gate and limits.</summary>
internal static class ChannelRows
{
    private const string EnsureBreaker = """
        insert into platform.breakers as b (name, failures_to_open, successes_to_close, open_for) values ($1, $2, $3, $4)
        on conflict (name) do update
            set failures_to_open = excluded.failures_to_open, successes_to_close = excluded.successes_to_close, open_for = excluded.open_for
            where (b.failures_to_open, b.successes_to_close, b.open_for)
                is distinct from (excluded.failures_to_open, excluded.successes_to_close, excluded.open_for)
        """;

    private const string EnsureChannel = """
        insert into delivery.channels as c (name, breaker, max_concurrent, max_per_second) values ($1, $2, $3, $4)
        on conflict (name) do update
            set breaker = excluded.breaker, max_concurrent = excluded.max_concurrent, max_per_second = excluded.max_per_second
            where (c.breaker, c.max_concurrent, c.max_per_second)
                is distinct from (excluded.breaker, excluded.max_concurrent, excluded.max_per_second)
        """;

    private const string PauseChannel = "update delivery.channels set paused_until = coalesce($2, 'infinity'), paused_reason = $3, paused_by = null, paused_at = now() where name = $1";

    // A refused call leaves a pause in force as it is, reason and end: somebody may have ordered it. If it ends too early, the next call is refused
    // again and pauses again.
    private const string PauseUnlessPaused = """
        update delivery.channels set paused_until = now() + $2, paused_reason = $3, paused_by = null, paused_at = now()
        where name = $1 and (paused_until is null or paused_until <= now())
        """;

    private const string ReadPauses = """
        select name, nullif(paused_until, 'infinity'), coalesce(paused_reason, '') from delivery.channels where paused_until > now() order by name
        """;

    private const string ResumeChannel = "update delivery.channels set paused_until = null, paused_reason = null, paused_by = null, paused_at = null where name = $1";

    public static async Task Ensure(
        NpgsqlDataSource db, string channel, ChannelLimits limits, string? breaker, BreakerPolicy policy, CancellationToken ct)
    {
        await using var batch = db.CreateBatch();
        await Ensure(batch, channel, limits, breaker, policy, ct);
    }

    public static async Task Ensure(
        NpgsqlTransaction tx, string channel, ChannelLimits limits, string? breaker, BreakerPolicy policy, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(tx.Connection, tx);
        await Ensure(batch, channel, limits, breaker, policy, ct);
    }

    private static async Task Ensure(NpgsqlBatch batch, string channel, ChannelLimits limits, string? breaker, BreakerPolicy policy, CancellationToken ct)
    {
        if (breaker is not null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(EnsureBreaker)
                .With(breaker)
                .With(policy.FailuresToOpen)
                .With(policy.SuccessesToClose)
                .With(policy.OpenFor, NpgsqlDbType.Interval));
        }

        batch.BatchCommands.Add(Sql.Command(EnsureChannel, channel)
            .WithNullable(breaker, NpgsqlDbType.Text)
            .WithNullable(limits.MaxConcurrent, NpgsqlDbType.Integer)
            .WithNullable(limits.MaxPerSecond, NpgsqlDbType.Double));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Closes the gate; calls in flight go on.</summary>
    /// <param name="until">Null: until somebody resumes it.</param>
    public static async Task<bool> Pause(
        NpgsqlDataSource db, string channel, DateTimeOffset? until, string reason, CancellationToken ct)
    {
        await using var batch = db.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(PauseChannel, channel)
            .WithNullable(until?.UtcDateTime, NpgsqlDbType.TimestampTz)
            .With(OutsideText.Clean(reason)));
        return await batch.ExecuteNonQueryAsync(ct) > 0;
    }

    /// <summary>As <see cref="Pause"/>, unless the channel is paused already; from now on by the database's clock, which need not be ours.</summary>
    /// <returns>Whether it is this call that paused it.</returns>
    public static async Task<bool> PauseUnlessPausedAlready(NpgsqlDataSource db, string channel, TimeSpan wait, string reason, CancellationToken ct)
    {
        await using var batch = db.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(PauseUnlessPaused, channel)
            .With(wait, NpgsqlDbType.Interval)
            .With(OutsideText.Clean(reason)));
        return await batch.ExecuteNonQueryAsync(ct) > 0;
    }

    public static async Task<IReadOnlyList<PausedChannel>> Paused(NpgsqlDataSource db, CancellationToken ct)
    {
        await using var command = db.CreateCommand(ReadPauses);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var paused = new List<PausedChannel>();
        while (await reader.ReadAsync(ct))
        {
            DateTimeOffset? until = await reader.IsDBNullAsync(1, ct) ? null : reader.GetFieldValue<DateTimeOffset>(1);
            paused.Add(new PausedChannel(reader.GetString(0), until, reader.GetString(2)));
        }

        return paused;
    }

    public static async Task<bool> Resume(NpgsqlDataSource db, string channel, CancellationToken ct)
    {
        await using var batch = db.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(ResumeChannel, channel));
        return await batch.ExecuteNonQueryAsync(ct) > 0;
    }
}
