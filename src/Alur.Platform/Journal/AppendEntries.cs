using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>Writes to the journal inside the caller's transaction: everything of one request or, when it is refused, nothing.</summary>
public sealed class AppendEntries(EventTypes types)
{
    /// <summary>Most entries of one request; whoever imports more does it in several transactions, so that nobody waits long behind them.</summary>
    public const int Most = 1000;

    // "where false" updates nothing, but the row is locked all the same, in the order of the insert. What is agreed on below cannot change after this.
    private const string LockStreams = """
        insert into journal.streams as s (stream_id, kind, subject_id, version)
        select w.stream_id, w.kind, w.subject_id, 0
        from unnest($1, $2, $3, $4, $5, $6) as w(stream_id, kind, subject_id, count, expected, corrected)
        where coalesce(w.expected, 0) = 0
           or exists (select from journal.streams k where k.stream_id = w.stream_id)
        order by w.stream_id collate "C"
        on conflict (stream_id) do update set version = s.version where false
        """;

    private const string Agreed = """
        with wanted as materialized (
            select * from unnest($1, $2, $3, $4, $5, $6) as w(stream_id, kind, subject_id, count, expected, corrected)
        ), agreed as materialized (
            select not exists (
                select from wanted w
                left join lateral (select s.version, s.subject_id from journal.streams s where s.stream_id = w.stream_id) s on true
                where w.expected <> coalesce(s.version, 0) or w.corrected > coalesce(s.version, 0)
                   or (s.version is not null and w.subject_id is not null and s.subject_id is distinct from w.subject_id)
            ) as ok
        ),
        """;

    private const string Once = """
        command as (
            insert into journal.commands (id, digest, entries)
            select $19, $20, $7 from agreed where ok
            on conflict (id) do nothing
            returning id
        ),
        """;

    // The version is added to the row as it is once it is locked, whatever the snapshot says: versions follow the order of the locks.
    private const string Move = """
        moved as (
            insert into journal.streams as s (stream_id, kind, subject_id, version)
            select w.stream_id, w.kind, w.subject_id, w.count
            from wanted w
            where {0}
            order by w.stream_id collate "C"
            on conflict (stream_id) do update set version = s.version + excluded.version
                where not exists (select from wanted w where w.stream_id = s.stream_id
                                  and (w.expected <> s.version or (w.subject_id is not null and s.subject_id is distinct from w.subject_id)))
            returning s.stream_id, s.version
        )
        insert into journal.entries as e (
            id, stream_id, version, type, schema_version, description, metadata, performed_by, actor_kind, performed_at, correlation_id, corrects)
        select n.id, n.stream_id, m.version - w.count + n.nth, n.type, n.schema_version, n.description, n.metadata::jsonb, n.performed_by,
               n.actor_kind, n.performed_at, n.correlation_id, n.corrects
        from unnest($7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) with ordinality as n(
            id, stream_id, nth, type, schema_version, description, metadata, performed_by, actor_kind, performed_at, correlation_id, corrects, place)
        join moved m on m.stream_id = n.stream_id
        join wanted w on w.stream_id = n.stream_id
        order by n.place
        returning e.position, e.id, e.stream_id, e.version, e.recorded_at
        """;

    private static readonly string Append = Agreed + Move.Replace("{0}", "(select ok from agreed)", StringComparison.Ordinal);
    private static readonly string AppendOnce = Agreed + Once + Move.Replace("{0}", "exists (select from command)", StringComparison.Ordinal);

    /// <summary>Appends to one or several streams.</summary>
    /// <param name="tx">The caller's; the streams are locked until it ends.</param>
    /// <param name="streams">Each stream once.</param>
    /// <param name="commandId">At most 200 characters, the same when the request is repeated; null: a repetition appends again.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>
    /// Where the entries are, or <see cref="VersionConflict"/>, <c>COMMAND_REUSED</c>, <c>SUBJECT_CONFLICT</c>, <c>CORRECTED_ENTRY_UNKNOWN</c>, or what is wrong
    /// with the request. A refused request has appended nothing, and the transaction can go on.
    /// </returns>
    public async Task<Result<Appended>> Run(NpgsqlTransaction tx, IReadOnlyList<StreamAppend> streams, string? commandId = null, CancellationToken ct = default)
    {
        if (Refusal(streams, commandId) is { } refusal) return refusal;
        var columns = new AppendColumns(streams, types);
        var appended = await Execute(tx, columns, streams, commandId, ct);
        if (appended.Count == columns.Count) return new Appended(appended, Repeated: false);
        return await new AppendRefusal(tx, streams).Find(commandId, columns.Digest(), ct);
    }

    private static async Task<List<AppendedEntry>> Execute(
        NpgsqlTransaction tx, AppendColumns columns, IReadOnlyList<StreamAppend> streams, string? commandId, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(tx.Connection, tx);
        if (commandId is not null || (streams.Count > 1 && streams.Any(s => s.ExpectedVersion is not null || s.SubjectId is not null)))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(LockStreams));
            columns.AddStreams(batch.BatchCommands[0]);
        }

        var append = new NpgsqlBatchCommand(commandId is null ? Append : AppendOnce);
        columns.AddStreams(append);
        columns.AddEntries(append);
        if (commandId is not null) columns.AddCommand(append, commandId);
        batch.BatchCommands.Add(append);
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var entries = new List<AppendedEntry>(columns.Count);
        while (await reader.ReadAsync(ct)) entries.Add(AppendRefusal.Entry(reader));
        return entries;
    }

    private Error? Refusal(IReadOnlyList<StreamAppend> streams, string? commandId)
    {
        if (streams.Count == 0 || streams.Any(s => s.Entries.Count == 0)) return new Invalid("NOTHING_TO_APPEND", "Every stream needs an entry.");
        if (streams.Sum(s => s.Entries.Count) > Most) return new Invalid("APPEND_TOO_LARGE", $"At most {Most} entries can be appended together.");
        if (streams.DistinctBy(s => s.Stream).Count() != streams.Count) return new Invalid("STREAM_TWICE", "A stream can be named only once in a request.");
        if (commandId is { Length: 0 or > 200 } || !IsStorable(commandId)) return new Invalid("COMMAND_ID_INVALID", "A command id has 1 to 200 characters.");
        if (!streams.All(s => s.Stream is { IsWhole: true, Text.Length: <= 500 } && IsStorable(s.Stream.Text) && IsStorable(s.SubjectId)))
            return new Invalid("STREAM_INVALID", "A stream is named kind:key, with at most 500 characters.");
        return streams.SelectMany(s => s.Entries).Select(types.Refusal).FirstOrDefault(refusal => refusal is not null);
    }

    private static bool IsStorable(string? text) => Delivery.StorableText.Plain(text) == text;
}
