using System.Globalization;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Doctor;
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
/// <param name="WaitsSince">Since when it waits for whoever it tells; null: it does not.</param>
/// <param name="WaitsFor">What it waits for.</param>
public sealed record ConsumerStatus(
    string Name, string State, long Position, int Behind, long? FailedPosition, string? Error, DateTimeOffset ChangedAt, DateTimeOffset? AdvancedAt,
    DateTimeOffset? WaitsSince = null, string? WaitsFor = null)
{
    private const int CountedTo = 10_000;

    /// <summary>How much of the journal waits for it, for people.</summary>
    public Words Waits()
    {
        var number = Behind.ToString("N0", CultureInfo.InvariantCulture);
        return Behind switch
        {
            0 => new("Tidak ada entri yang menunggu.", "No entry waits for it."),
            >= CountedTo => new($"Sedikitnya {number.Replace(',', '.')} entri menunggu.", $"At least {number} entries wait for it."),
            _ => new($"{number.Replace(',', '.')} entri menunggu.", $"{number} {Words.Of(Behind, "entry waits", "entries wait")} for it."),
        };
    }
}

/// <summary>Where people steer the journal's consumers. Each order waits for the transaction that the consumer is in, holds from then on, and is in the audit.</summary>
public sealed class JournalConsumers(NpgsqlDataSource db, IEnumerable<IJournalFollower> followers)
{
    private const string All = """
        select c.name, c.state, c.position, b.behind, c.failed_position, c.error, c.changed_at, c.advanced_at, c.waits_since, c.waits_for
        from journal.consumers c
        cross join lateral (
            select count(*)::int as behind from (select from journal.entries e where e.position > c.position limit 10000) ahead
        ) b
        order by c.name
        """;

    private const string ToPaused = "update journal.consumers set state = 'PAUSED', failed_position = null, error = null, changed_at = now(), waits_since = null, waits_for = null where name = $1";
    private const string ToRunning = "update journal.consumers set state = 'RUNNING', failed_position = null, error = null, changed_at = now(), waits_since = null, waits_for = null where name = $1";

    private const string ToPlace = """
        update journal.consumers set position = $2, state = case state when 'FAILED' then 'PAUSED' else state end, failed_position = null, error = null,
            changed_at = now(), waits_since = null, waits_for = null
        where name = $1
        """;

    // Where it is, it has been: positions that were taken and never committed lie beyond the newest entry.
    private const string Farthest = """
        select greatest(0::bigint, c.position, c.failed_position, (select max(e.position) from journal.entries e))
        from (values ($1)) asked (name) left join journal.consumers c on c.name = asked.name
        where c.name is not null or $2
        """;

    private const string Lock = "select state, position from journal.consumers where name = $1 for update";
    private const string ToBeginning = "update journal.consumers set position = 0, state = 'RUNNING', failed_position = null, error = null, changed_at = now(), waits_since = null, waits_for = null where name = $1";

    private static readonly AuditResource Resource = new("journal_consumers");

    private static readonly NotFound Unknown = new("CONSUMER_UNKNOWN", "No consumer of this name has run on this database, and this program has none.");

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
                reader.Maybe<string>(5), reader.GetFieldValue<DateTimeOffset>(6), reader.Maybe<DateTimeOffset?>(7), reader.Maybe<DateTimeOffset?>(8), reader.Maybe<string>(9)));
        }

        return list;
    }

    /// <summary>Stops it where it is. One of this program that has never run here does not begin.</summary>
    public Task<Result<string>> Pause(string name, AuditOrigin by, CancellationToken ct = default) => Set(ToPaused, name, new("pause"), by, ct);

    /// <summary>Lets it go on where it was; one that failed tries the same entry again.</summary>
    public Task<Result<string>> Resume(string name, AuditOrigin by, CancellationToken ct = default) => Set(ToRunning, name, new("resume"), by, ct);

    /// <summary>
    /// Puts it at a place: what comes after it is handled (again), what comes before is not. What it built stays as it is. One that failed is
    /// paused then; to leave the entry out at which it failed, put it at that entry's position and resume. A place that no entry has reached yet is refused:
    /// whatever happened until then would be left out, and the consumer would look as if it were up to date. One of this program that has never run here begins at that place.
    /// </summary>
    public async Task<Result<string>> Reset(string name, long position, AuditOrigin by, CancellationToken ct = default)
    {
        await using var farthest = db.CreateCommand(Farthest);
        farthest.Parameters.Add(new() { Value = name });
        farthest.Parameters.Add(new() { Value = IsOurs(name) });
        if (await farthest.ExecuteScalarAsync(ct) is not long end) return Unknown;
        return position < 0 || position > end
            ? new Invalid("POSITION_INVALID", $"A position is 0 or more, and not beyond the newest entry, which is at {end}.", "position")
            : await Set(ToPlace, name, new("reset", position), by, ct);
    }

    /// <summary>Lets it forget what it built and build it anew from the first entry.</summary>
    public async Task<Result<string>> Rebuild(string name, AuditOrigin by, CancellationToken ct = default)
    {
        var follower = followers.SingleOrDefault(f => f.Name == name);
        if (follower is IJournalRelay)
            return new Conflict("CONSUMER_STAYS", $"It builds nothing, it tells others. To tell everything once more: ./alur journal reset {name} --to 0");
        if (follower is not IJournalConsumer consumer)
            return new NotFound("CONSUMER_UNKNOWN", "No module of this program has a consumer of this name.");
        if (consumer.StaysBecause is { } why)
            return new Conflict("CONSUMER_STAYS", $"{why} To let it go on where it is: ./alur journal resume {name}");
        return await Order(name, new("rebuild", 0), by, async tx =>
        {
            await consumer.Clear(tx, ct);
            await Execute(tx, ToBeginning, ct, name);
        }, ct);
    }

    private Task<Result<string>> Set(string sql, string name, Ordered order, AuditOrigin by, CancellationToken ct) =>
        Order(name, order, by, tx => Execute(tx, sql, ct, order.Position is { } position ? [name, position] : [name]), ct);

    private async Task<Result<string>> Order(string name, Ordered order, AuditOrigin by, Func<NpgsqlTransaction, Task> carryOut, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (IsOurs(name)) await Execute(tx, ConsumerPump.Register, ct, name);
        if (await Take(tx, name, ct) is not { } before) return Unknown;
        await carryOut(tx);
        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Update, Resource, name, before, order), ct);
        await tx.CommitAsync(ct);
        return name;
    }

    private bool IsOurs(string name) => followers.Any(follower => follower.Name == name);

    private static async Task<Standing?> Take(NpgsqlTransaction tx, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Lock, tx.Connection, tx) { Parameters = { new() { Value = name } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new Standing(reader.GetString(0), reader.GetInt64(1)) : null;
    }

    private static async Task Execute(NpgsqlTransaction tx, string sql, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, tx.Connection, tx);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    private sealed record Ordered(string Order, long? Position = null);

    private sealed record Standing(string State, long Position);
}
