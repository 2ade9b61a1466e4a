using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Resilience;

/// <summary>The shared state of the breakers. Whoever changes one holds its row lock; several are locked in the order of their names.</summary>
internal static class BreakerRows
{
    private const string LockBreakers = """
        select b.name, b.state, b.epoch, b.consecutive_failures, b.consecutive_successes, b.opened_at, b.retry_at, b.probe_token, b.probe_until,
               b.last_error, b.failures_to_open, b.successes_to_close, b.open_for, clock_timestamp()
        from platform.breakers b
        where b.name = any($1)
        order by b.name
        for no key update
        """;

    private const string SaveBreaker = """
        update platform.breakers b set
            state = $2, epoch = $3, consecutive_failures = $4, consecutive_successes = $5, opened_at = $6, retry_at = $7, probe_token = $8,
            probe_until = $9, last_error = $10, changed_at = case when b.epoch = $3 then b.changed_at else clock_timestamp() end
        where b.name = $1
        """;

    private const string DropProbe = """
        update platform.breakers set probe_token = null, probe_until = null where name = $1 and probe_token = $2
        """;

    public static async Task<List<LockedBreaker>> Lock(NpgsqlConnection connection, NpgsqlTransaction tx, string[] names, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, tx);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(LockBreakers).With(names, NpgsqlDbType.Array | NpgsqlDbType.Text));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var locked = new List<LockedBreaker>();
        while (await reader.ReadAsync(ct)) locked.Add(Read(reader));
        return locked;
    }

    public static async Task Save(NpgsqlConnection connection, NpgsqlTransaction tx, string name, Breaker breaker, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, tx);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(SaveBreaker)
            .With(name)
            .With(Word(breaker.State))
            .With(breaker.Epoch, NpgsqlDbType.Bigint)
            .With(breaker.Failures)
            .With(breaker.Successes)
            .WithNullable(breaker.OpenedAt?.UtcDateTime, NpgsqlDbType.TimestampTz)
            .WithNullable(breaker.RetryAt?.UtcDateTime, NpgsqlDbType.TimestampTz)
            .WithNullable(breaker.Probe, NpgsqlDbType.Uuid)
            .WithNullable(breaker.ProbeUntil?.UtcDateTime, NpgsqlDbType.TimestampTz)
            .WithNullable(StorableText.Plain(breaker.LastError), NpgsqlDbType.Text));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Lets one probe through, if none is out: over all nodes only one caller gets a token.</summary>
    public static async Task<Guid?> TryProbe(NpgsqlConnection connection, string name, TimeSpan lease)
    {
        await using var tx = await connection.BeginTransactionAsync();
        var locked = await Lock(connection, tx, [name], CancellationToken.None);
        var probe = Guid.NewGuid();
        if (locked is not [var breaker] || breaker.Value.WithProbe(probe, breaker.Now + lease, breaker.Now) is not { } probing) return null;
        await Save(connection, tx, name, probing, CancellationToken.None);
        await tx.CommitAsync();
        return probe;
    }

    /// <summary>Closes it: what it knew is of an address or a time that is over. Results of calls that began before do not count.</summary>
    public static async Task Reset(NpgsqlTransaction tx, string name, CancellationToken ct)
    {
        foreach (var locked in await Lock(tx.Connection!, tx, [name], ct)) await Save(tx.Connection!, tx, name, locked.Value.Reset(), ct);
    }

    /// <summary>Gives the probe back without a result: there was nothing to send.</summary>
    public static async Task ReleaseProbe(NpgsqlConnection connection, string name, Guid probe)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(DropProbe).With(name).With(probe));
        await batch.ExecuteNonQueryAsync();
    }

    private static LockedBreaker Read(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        new Breaker(State(reader.GetString(1)), reader.GetInt64(2), reader.GetInt32(3), reader.GetInt32(4))
        {
            OpenedAt = reader.Maybe<DateTimeOffset?>(5),
            RetryAt = reader.Maybe<DateTimeOffset?>(6),
            Probe = reader.Maybe<Guid?>(7),
            ProbeUntil = reader.Maybe<DateTimeOffset?>(8),
            LastError = reader.Maybe<string>(9),
        },
        new BreakerPolicy(reader.GetInt32(10), reader.GetInt32(11), reader.GetTimeSpan(12)),
        reader.GetFieldValue<DateTimeOffset>(13));

    public static string Word(BreakerState state) => state switch
    {
        BreakerState.Closed => "CLOSED",
        BreakerState.Open => "OPEN",
        BreakerState.HalfOpen => "HALF_OPEN",
    };

    private static BreakerState State(string word) => word switch
    {
        "OPEN" => BreakerState.Open,
        "HALF_OPEN" => BreakerState.HalfOpen,
        _ => BreakerState.Closed,
    };
}

/// <summary>A breaker whose row this transaction holds.</summary>
/// <param name="Name">Primary key.</param>
/// <param name="Value">Its state.</param>
/// <param name="Policy">Its thresholds.</param>
/// <param name="Now">The database's clock after the lock was taken.</param>
internal sealed record LockedBreaker(string Name, Breaker Value, BreakerPolicy Policy, DateTimeOffset Now);
