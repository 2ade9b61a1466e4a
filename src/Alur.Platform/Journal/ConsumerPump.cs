using Alur.Platform.Leases;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>Lets one consumer handle what is new. Runs under the consumer's lease; the place and the effects commit together or not at all.</summary>
internal sealed class ConsumerPump(IJournalConsumer consumer, NpgsqlDataSource db, JournalTail tail)
{
    internal const string Register = "insert into journal.consumers (name) values ($1) on conflict (name) do nothing";

    // Whoever pauses, resets or rebuilds takes the same lock: nothing is half one and half the other.
    private const string Place = "select position from journal.consumers where name = $1 and state = 'RUNNING' for update";

    private const string Advance = "update journal.consumers set position = $2, advanced_at = now() where name = $1";

    private const string Fail = """
        update journal.consumers set state = 'FAILED', failed_position = $3, error = $4, changed_at = now()
        where name = $1 and state = 'RUNNING' and position = $2
        """;

    private readonly TailHorizon _horizon = new();

    /// <summary>Handles until nothing is left, the consumer does not run, or the lease is lost.</summary>
    /// <returns>How many entries were handled.</returns>
    public async Task<int> RunOnce(LeaseGrant grant, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await Execute(connection, null, Register, ct, consumer.Name);
        var (handled, most) = (0, consumer.Batch);
        while (await Step(connection, grant, most, ct) is { } step)
        {
            handled += step.Handled;
            if (step.AtEnd) break;
            // After a failure one at a time, until it is clear which entry it is.
            most = step.Failed ? 1 : most;
        }

        return handled;
    }

    /// <summary>One transaction; null when the consumer does not run (any more).</summary>
    private async Task<Stepped?> Step(NpgsqlConnection connection, LeaseGrant grant, int most, CancellationToken ct)
    {
        // Looked for before the transaction: a snapshot may be older than the horizon, and nobody should wait for us meanwhile.
        await _horizon.Advance(connection, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (!await LeaseStore.Holds(tx, grant, ct) || await PlaceOf(connection, tx, ct) is not { } place) return null;
        var page = await tail.Before(connection, _horizon.Reached, place, consumer.Types, most, ct);
        if (page.ReadTo == place) return new Stepped(0, AtEnd: true);
        try
        {
            if (page.Entries.Count > 0) await consumer.Handle(tx, page.Entries, ct);
            await Execute(connection, tx, Advance, ct, consumer.Name, page.ReadTo);
            await tx.CommitAsync(ct);
            if (page.Entries.Count > 0) consumer.Committed();
            return new Stepped(page.Entries.Count, page.AtEnd);
        }
        catch (Exception e) when (page.Entries.Count > 0 && !PassingTrouble.Is(e))
        {
            await tx.RollbackAsync(CancellationToken.None);
            if (page.Entries.Count > 1) return new Stepped(0, AtEnd: false, Failed: true);
            await Execute(connection, null, Fail, CancellationToken.None, consumer.Name, place, page.Entries[0].Position, ConsumerWords.Of(e));
            throw new ConsumerStoppedException($"The journal consumer {consumer.Name} stopped at the entry {page.Entries[0].Position}. {ConsumerWords.Of(e)}");
        }
    }

    private async Task<long?> PlaceOf(NpgsqlConnection connection, NpgsqlTransaction tx, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Place, connection, tx) { Parameters = { new() { Value = consumer.Name } } };
        return await command.ExecuteScalarAsync(ct) as long?;
    }

    private static async Task Execute(NpgsqlConnection connection, NpgsqlTransaction? tx, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection, tx);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private sealed record Stepped(int Handled, bool AtEnd, bool Failed = false);
}

/// <summary>A consumer stands still until somebody resumes it.</summary>
public sealed class ConsumerStoppedException(string message) : Exception(message), ISpeaksForItself;
