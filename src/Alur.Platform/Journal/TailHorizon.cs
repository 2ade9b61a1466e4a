using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>
/// Up to where the journal is complete for one reader. Positions are taken before the commit, so a smaller one may appear after a larger
/// one; what decides is who may still bring one. In this order: (1) the sequence's value P is read; (2) whoever holds the lock of a
/// writer on the table is noted; (3) they are waited for; (4) then everything up to P is there or never will be, for a snapshot taken
/// from now on. Whoever has a position ≤ P took the lock before the position and keeps it to the end, and what is committed is visible
/// before its locks go. While some are waited for, whoever looks again notes again, so that what was written meanwhile waits for its own writers only and not for
/// a second round. What is kept in memory holds until PostgreSQL crashes: places that were taken and never committed may be given out again then.
/// </summary>
internal sealed class TailHorizon
{
    private const string Taken = """
        select case when s.is_called then s.last_value else 0 end, m.mark
        from journal.entries_position_seq s
        left join journal.crash_mark m on true
        """;

    private const string SetMark = "insert into journal.crash_mark default values on conflict do nothing";

    private const string Writers = """
        select l.virtualtransaction
        from pg_locks l
        where l.locktype = 'relation' and l.relation = 'journal.entries'::regclass and l.mode = 'RowExclusiveLock' and l.granted
          and l.database = (select d.oid from pg_database d where d.datname = current_database())
        """;

    /// <summary>Enough that looks beside short transactions always note; behind a long one no more is to be had.</summary>
    private const int MostNotes = 16;

    private readonly List<Note> _notes = [];
    private Guid? _mark;

    /// <summary>Nothing at or below this position will appear any more.</summary>
    public long Reached { get; private set; }

    /// <summary>Somebody is waited for.</summary>
    public bool Waits => _notes.Count > 0;

    /// <summary>Looks once, without waiting.</summary>
    /// <returns><see cref="Reached"/>.</returns>
    public async Task<long> Advance(NpgsqlConnection connection, CancellationToken ct)
    {
        var (taken, mark) = await PlacesTaken(connection, ct);
        if (mark is null)
        {
            await Execute(SetMark, connection, ct);
            (taken, mark) = await PlacesTaken(connection, ct);
        }

        if (mark is null || mark != _mark) Forget(mark);
        if (taken <= Reached) return Reached;
        var writers = await WritersNow(connection, ct);
        // Every note is asked, since each follows its own awaited ones; a later one that is over makes those before it needless.
        var over = _notes.Select(note => note.IsOver(writers)).ToList().LastIndexOf(true);
        if (over >= 0)
        {
            Reached = _notes[over].Taken;
            _notes.RemoveRange(0, over + 1);
        }

        if (taken <= (Waits ? _notes[^1].Taken : Reached)) return Reached;
        if (writers.Count == 0)
        {
            Reached = taken;
            _notes.Clear();
        }
        else if (_notes.Count < MostNotes)
        {
            _notes.Add(new Note(taken, [.. writers]));
        }

        return Reached;
    }

    /// <summary>A prepared transaction that came back from a restart has no session: its virtual transaction has the backend -1.</summary>
    internal static bool IsPlain(string virtualTransaction) => !virtualTransaction.StartsWith("-1/", StringComparison.Ordinal);

    private void Forget(Guid? mark)
    {
        _mark = mark;
        Reached = 0;
        _notes.Clear();
    }

    private static async Task<(long Taken, Guid? Mark)> PlacesTaken(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Taken, connection);
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetGuid(1));
    }

    private static async Task Execute(string sql, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<HashSet<string>> WritersNow(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Writers, connection);
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var writers = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct)) writers.Add(reader.GetString(0));
        return writers;
    }

    /// <summary>Up to where places were taken at one moment, and who of those that had one then is still there.</summary>
    private sealed class Note(long taken, HashSet<string> awaited)
    {
        private bool _nowPrepared;

        public long Taken => taken;

        // A transaction that is prepared for two-phase commit keeps its name while the server runs, and goes on as -1/NUMBER after a restart.
        // So once the noted ones are gone, whoever has such a name at that very moment may be one of them and is waited for too.
        public bool IsOver(HashSet<string> writers)
        {
            awaited.IntersectWith(writers);
            if (!_nowPrepared && !awaited.Any(IsPlain))
            {
                _nowPrepared = true;
                awaited.UnionWith(writers.Where(w => !IsPlain(w)));
            }

            return awaited.Count == 0;
        }
    }
}
