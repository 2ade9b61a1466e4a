using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Journal;

/// <summary>One line of a timeline.</summary>
/// <param name="Entry">What happened.</param>
/// <param name="CorrectedBy">Version, in the same stream, of the latest entry that corrects it; null: it stands.</param>
public sealed record TimelineEntry(JournalEntry Entry, int? CorrectedBy);

/// <summary>Where the next page of a timeline begins.</summary>
/// <param name="PerformedAt">Of the last entry that was read.</param>
/// <param name="Position">Of the same.</param>
public sealed record TimelinePlace(DateTimeOffset PerformedAt, long Position);

/// <summary>
/// Reads what happened in the order in which it happened, corrected entries and their corrections alike. What happened at the same moment
/// stays in the order in which it was recorded.
/// </summary>
public sealed class ReadTimeline(NpgsqlDataSource db, EventTypes types)
{
    private const string Page = $"""
        select {EntryRow.Columns},
               (select max(c.version) from journal.entries c where c.stream_id = e.stream_id and c.corrects = e.version)
        from journal.entries e
        where e.stream_id = s.stream_id and (e.performed_at, e.position) > ($2, $3)
        order by e.performed_at, e.position
        limit $4
        """;

    // Each stream gives its page from its index; only these few rows are sorted together.
    private const string OfStreams = $"""
        select e.*
        from journal.streams s
        cross join lateral (
        {Page}
        ) e
        """;

    private const string OfOne = $"""
        {OfStreams}
        where s.stream_id = $1
        order by e.performed_at, e.position
        limit $4
        """;

    private const string OfSubject = $"""
        {OfStreams}
        where s.subject_id = $1
        order by e.performed_at, e.position
        limit $4
        """;

    /// <summary>Of one stream.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="after">Where the last page ended; null: from the beginning.</param>
    /// <param name="limit">Entries of a page.</param>
    /// <param name="ct">Cancels.</param>
    public Task<IReadOnlyList<TimelineEntry>> Of(StreamId stream, TimelinePlace? after = null, int limit = 100, CancellationToken ct = default) =>
        Read(OfOne, stream.Text, after, limit, ct);

    /// <summary>Of everything that is about one subject, over all its streams; the parameters are those of the other.</summary>
    public Task<IReadOnlyList<TimelineEntry>> OfSubjectId(string subjectId, TimelinePlace? after = null, int limit = 100, CancellationToken ct = default) =>
        Read(OfSubject, subjectId, after, limit, ct);

    private async Task<IReadOnlyList<TimelineEntry>> Read(string sql, string whose, TimelinePlace? after, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = whose, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = after?.PerformedAt ?? DateTimeOffset.MinValue, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after?.Position ?? 0, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit, NpgsqlDbType = NpgsqlDbType.Integer });
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var entries = new List<TimelineEntry>();
        while (await reader.ReadAsync(ct)) entries.Add(new TimelineEntry(EntryRow.Upcast(reader, types), reader.IsDBNull(14) ? null : reader.GetInt32(14)));
        return entries;
    }
}
