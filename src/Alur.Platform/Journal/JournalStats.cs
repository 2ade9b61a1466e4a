using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>How much there is.</summary>
/// <param name="Entries">Committed.</param>
/// <param name="Streams">Things that have a history.</param>
/// <param name="Bytes">What the journal takes on disk, indexes included.</param>
/// <param name="First">When the oldest entry was recorded.</param>
/// <param name="Last">When the newest was.</param>
/// <param name="Blocks">How many seals there are.</param>
/// <param name="SealedTo">Position of the last entry that is sealed.</param>
/// <param name="Types">Entries of each type, the most frequent first.</param>
public sealed record JournalContent(long Entries, long Streams, long Bytes, DateTimeOffset? First, DateTimeOffset? Last, long Blocks, long SealedTo, IReadOnlyList<TypeCount> Types);

/// <summary>How often something happened.</summary>
public sealed record TypeCount(string Type, long Entries);

/// <summary>Counts the journal; takes a second for some million entries.</summary>
public sealed class JournalStats(NpgsqlDataSource db)
{
    private const string Figures = """
        select (select count(*) from journal.streams where version > 0),
               (select sum(pg_total_relation_size(c.oid))::bigint from pg_class c
                join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'journal' where c.relkind = 'r'),
               (select recorded_at from journal.entries order by position limit 1),
               (select recorded_at from journal.entries order by position desc limit 1),
               (select count(*) from journal.seals),
               coalesce((select last_position from journal.seals order by block desc limit 1), 0)
        """;

    private const string ByType = "select type, count(*) from journal.entries group by type order by count(*) desc, type";

    /// <summary>Counts.</summary>
    public async Task<JournalContent> Run(CancellationToken ct)
    {
        var types = new List<TypeCount>();
        await using var byType = db.CreateCommand(ByType);
        await using (var reader = await byType.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) types.Add(new TypeCount(reader.GetString(0), reader.GetInt64(1)));
        }

        await using var figures = db.CreateCommand(Figures);
        await using var row = await figures.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new JournalContent(
            types.Sum(t => t.Entries), row.GetInt64(0), row.GetInt64(1), row.Maybe<DateTimeOffset?>(2), row.Maybe<DateTimeOffset?>(3), row.GetInt64(4), row.GetInt64(5), types);
    }
}
