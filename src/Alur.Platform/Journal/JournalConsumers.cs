using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>How a consumer is doing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">RUNNING, PAUSED by a person, or FAILED at an entry that it could not handle.</param>
/// <param name="Position">Everything up to here has been handled.</param>
/// <param name="Behind">Entries that are committed and not handled yet, counted up to 10,000.</param>
/// <param name="FailedPosition">Of the entry at which it stopped.</param>
/// <param name="Error">What it said there.</param>
/// <param name="ChangedAt">When its state changed last.</param>
/// <param name="AdvancedAt">When it last noted its place.</param>
public sealed record ConsumerStatus(
    string Name, string State, long Position, int Behind, long? FailedPosition, string? Error, DateTimeOffset ChangedAt, DateTimeOffset? AdvancedAt);

/// <summary>Where people steer the journal's consumers. Each order waits for the transaction that the consumer is in, and holds from then on.</summary>
public sealed class JournalConsumers(NpgsqlDataSource db, IEnumerable<IJournalConsumer> consumers)
{
    private const string All = """
        select c.name, c.state, c.position, b.behind, c.failed_position, c.error, c.changed_at, c.advanced_at
        from journal.consumers c
        cross join lateral (
            select count(*)::int as behind from (select from journal.entries e where e.position > c.position limit 10000) ahead
        ) b
        order by c.name
        """;

    private const string ToPaused = "update journal.consumers set state = 'PAUSED', failed_position = null, error = null, changed_at = now() where name = $1";
    private const string ToRunning = "update journal.consumers set state = 'RUNNING', failed_position = null, error = null, changed_at = now() where name = $1";

    private const string ToPlace = """
        update journal.consumers set position = $2, state = case state when 'FAILED' then 'PAUSED' else state end, failed_position = null, error = null,
            changed_at = now()
        where name = $1
        """;

    private const string Lock = "select 1 from journal.consumers where name = $1 for update";
    private const string ToBeginning = "update journal.consumers set position = 0, state = 'RUNNING', failed_position = null, error = null, changed_at = now() where name = $1";

    private static readonly NotFound Unknown = new("CONSUMER_UNKNOWN", "No consumer of this name has run on this database.");

    /// <summary>All that ever ran, by name.</summary>
    public async Task<IReadOnlyList<ConsumerStatus>> List(CancellationToken ct = default)
    {
        await using var command = db.CreateCommand(All);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var list = new List<ConsumerStatus>();
        while (await reader.ReadAsync(ct))
        {
            list.Add(new ConsumerStatus(
                reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3), reader.IsDBNull(4) ? null : reader.GetInt64(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6), reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return list;
    }

    /// <summary>Stops it where it is.</summary>
    public Task<Result<string>> Pause(string name, CancellationToken ct = default) => Set(ToPaused, name, ct);

    /// <summary>Lets it go on where it was; one that failed tries the same entry again.</summary>
    public Task<Result<string>> Resume(string name, CancellationToken ct = default) => Set(ToRunning, name, ct);

    /// <summary>
    /// Puts it at a place: what comes after it is handled (again), what comes before is not. What it built stays as it is. One that failed is
    /// paused then; to leave the entry out at which it failed, put it at that entry's position and resume.
    /// </summary>
    public async Task<Result<string>> Reset(string name, long position, CancellationToken ct = default) =>
        position < 0 ? new Invalid("POSITION_INVALID", "A position is 0 or more.", "position") : await Set(ToPlace, name, ct, position);

    /// <summary>Lets it forget what it built and build it anew from the first entry.</summary>
    public async Task<Result<string>> Rebuild(string name, CancellationToken ct = default)
    {
        if (consumers.SingleOrDefault(c => c.Name == name) is not { } consumer)
            return new NotFound("CONSUMER_UNKNOWN", "No module of this program has a consumer of this name.");
        if (consumer.StaysBecause is { } why)
            return new Conflict("CONSUMER_STAYS", $"{why} To let it go on where it is: ./alur journal resume {name}");
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await using var taken = new NpgsqlCommand(Lock, connection, tx) { Parameters = { new() { Value = name } } };
        if (await taken.ExecuteScalarAsync(ct) is null) return Unknown;
        await consumer.Clear(tx, ct);
        await using var begin = new NpgsqlCommand(ToBeginning, connection, tx) { Parameters = { new() { Value = name } } };
        await begin.ExecuteNonQueryAsync(ct);
        await tx.CommitAsync(ct);
        return name;
    }

    private async Task<Result<string>> Set(string sql, string name, CancellationToken ct, params object[] more)
    {
        await using var command = db.CreateCommand(sql);
        foreach (var value in (object[])[name, .. more]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync(ct) == 1 ? name : Unknown;
    }
}
