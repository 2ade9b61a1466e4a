using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Journal;

/// <summary>What a look at the tail brought.</summary>
/// <param name="Entries">In the order of their positions, which within each stream is that of the versions.</param>
/// <param name="ReadTo">Everything up to here has been seen; the next look goes on after it.</param>
/// <param name="AtEnd">There was no more to be had.</param>
internal sealed record TailPage(IReadOnlyList<JournalEntry> Entries, long ReadTo, bool AtEnd);

/// <summary>Reads committed entries in order and misses none, beside any writers.</summary>
public sealed class JournalTail(NpgsqlDataSource db, EventTypes types)
{
    private const string Read = $"""
        select {EntryRow.Columns}
        from journal.entries e
        where e.position > $1 and e.position <= $2 and ($3::text[] is null or e.type = any ($3))
        order by e.position
        limit $4
        """;

    private const string Newest = "select coalesce(max(position), 0) from journal.entries";
    private const int Page = 500;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(2); // most who hold a place commit at once
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(100);

    /// <summary>The newest committed entry now: where to begin if the past does not matter.</summary>
    public async Task<long> End(CancellationToken ct = default)
    {
        await using var command = db.CreateCommand(Newest);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>
    /// Everything after a position as it is committed, until cancelled: for readers that keep what they have seen in memory. An exception
    /// of the database ends it; the caller begins again after the last entry that it got.
    /// </summary>
    /// <param name="after">0: from the very beginning.</param>
    /// <param name="ct">Ends it.</param>
    public IAsyncEnumerable<JournalEntry> Follow(long after, CancellationToken ct = default) => Follow(after, only: null, () => Idle, ct);

    /// <summary>The same for entries of some types, and for readers that say themselves how long they can wait when nothing is new.</summary>
    /// <param name="after">0: from the very beginning.</param>
    /// <param name="only">Types; null: all.</param>
    /// <param name="idle">Between two looks that find nothing.</param>
    /// <param name="ct">Ends it.</param>
    public async IAsyncEnumerable<JournalEntry> Follow(
        long after, IReadOnlyCollection<string>? only, Func<TimeSpan> idle, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        var (horizon, soon) = (new TailHorizon(), Soon);
        while (true)
        {
            var page = await Look(connection, horizon, after, only, Page, ct);
            foreach (var entry in page.Entries)
            {
                // Not ReadTo: after a crash PostgreSQL may give out again what was taken and never committed.
                after = entry.Position;
                yield return entry;
            }

            if (page.AtEnd) await Task.Delay(horizon.Waits ? soon : page.Entries.Count > 0 ? Busy : idle(), ct);
            soon = horizon.Waits && page.Entries.Count == 0 ? TimeSpan.FromTicks(Math.Min(soon.Ticks * 2, Busy.Ticks)) : Soon;
        }
    }

    /// <summary>One look. The horizon belongs to the reader and to nobody else.</summary>
    internal async Task<TailPage> Look(
        NpgsqlConnection connection, TailHorizon horizon, long after, IReadOnlyCollection<string>? only, int most, CancellationToken ct) =>
        await Before(connection, await horizon.Advance(connection, ct), after, only, most, ct);

    /// <summary>What is after one place and not beyond a horizon that was reached before this snapshot.</summary>
    internal async Task<TailPage> Before(
        NpgsqlConnection connection, long reached, long after, IReadOnlyCollection<string>? only, int most, CancellationToken ct)
    {
        if (reached <= after) return new TailPage([], after, AtEnd: true);
        await using var command = new NpgsqlCommand(Read, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = reached });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)only?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var entries = new List<JournalEntry>();
        while (await reader.ReadAsync(ct)) entries.Add(EntryRow.Upcast(reader, types));
        return entries.Count < most ? new TailPage(entries, reached, AtEnd: true) : new TailPage(entries, entries[^1].Position, AtEnd: false);
    }
}
