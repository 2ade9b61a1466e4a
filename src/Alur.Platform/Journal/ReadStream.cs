using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>Reads one stream in the order of its versions, as this program knows its types: for deciding what may happen next.</summary>
public sealed class ReadStream(NpgsqlDataSource db, EventTypes types)
{
    private const string Read = $"""
        select {EntryRow.Columns}
        from journal.entries e
        where e.stream_id = $1 and e.version > $2
        order by e.version
        limit $3
        """;

    /// <summary>The entries after a version; none: there is no such stream, or nothing newer.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="afterVersion">0: from its beginning.</param>
    /// <param name="limit">At most so many; fewer came: it is at its end, and the last one's version is the one to expect when appending.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IReadOnlyList<JournalEntry>> Run(StreamId stream, int afterVersion = 0, int limit = int.MaxValue, CancellationToken ct = default)
    {
        await using var command = db.CreateCommand(Read);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream.Text });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = afterVersion });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var entries = new List<JournalEntry>();
        while (await reader.ReadAsync(ct)) entries.Add(EntryRow.Upcast(reader, types));
        return entries;
    }
}
