using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>Nothing was appended: why.</summary>
internal sealed class AppendRefusal(NpgsqlTransaction tx, IReadOnlyList<StreamAppend> streams)
{
    private const string Command = "select digest from journal.commands where id = $1";

    private const string Repeated = """
        select e.position, e.id, e.stream_id, e.version, e.recorded_at
        from journal.commands c
        join journal.entries e on e.id = any (c.entries)
        where c.id = $1
        order by e.position
        """;

    private const string Streams = "select stream_id, version, subject_id from journal.streams where stream_id = any ($1)";

    /// <summary>What the command did the first time, or the refusal.</summary>
    public async Task<Result<Appended>> Find(string? commandId, byte[] digest, CancellationToken ct)
    {
        if (commandId is not null && await DigestOf(commandId, ct) is { } known)
            return known.AsSpan().SequenceEqual(digest) ? new Appended(await First(commandId, ct), Repeated: true) : new CommandReused();
        var present = await Present(ct);
        foreach (var asked in streams)
        {
            var (version, subject) = present.GetValueOrDefault(asked.Stream.Text);
            if (asked.ExpectedVersion is { } expected && expected != version) return new VersionConflict(asked.Stream, version);
            if (asked.SubjectId is not null && subject != asked.SubjectId) return new SubjectConflict();
            if (AppendColumns.Corrected(asked) > version) return new NothingToCorrect();
        }

        throw new InvalidOperationException("The journal appended nothing and nothing speaks against it.");
    }

    public static AppendedEntry Entry(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetGuid(1), new StreamId(row.GetString(2)), row.GetInt32(3), new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero));

    private async Task<byte[]?> DigestOf(string commandId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Command, tx.Connection, tx) { Parameters = { new() { Value = commandId } } };
        return await command.ExecuteScalarAsync(ct) as byte[];
    }

    private async Task<List<AppendedEntry>> First(string commandId, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Repeated, tx.Connection, tx) { Parameters = { new() { Value = commandId } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var entries = new List<AppendedEntry>();
        while (await reader.ReadAsync(ct)) entries.Add(Entry(reader));
        return entries;
    }

    private async Task<Dictionary<string, (int Version, string? Subject)>> Present(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Streams, tx.Connection, tx) { Parameters = { new() { Value = streams.Select(s => s.Stream.Text).ToArray() } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var present = new Dictionary<string, (int, string?)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct)) present.Add(reader.GetString(0), (reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        return present;
    }
}
