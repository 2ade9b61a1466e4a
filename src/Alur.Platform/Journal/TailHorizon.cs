using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>
/// Up to where the journal is complete for one reader. Positions are taken before the commit, so a smaller one may appear after a larger
/// one; what decides is who may still bring one. In this order: (1) the sequence's value P is read; (2) whoever holds the lock of a
/// writer on the table is noted; (3) they are waited for; (4) then everything up to P is there or never will be, for a snapshot taken
/// from now on. Whoever has a position ≤ P took the lock before the position and keeps it to the end, and what is committed is visible
/// before its locks go.
/// </summary>
internal sealed class TailHorizon
{
    private const string Taken = "select case when is_called then last_value else 0 end from journal.entries_position_seq";

    private const string Writers = """
        select l.virtualtransaction
        from pg_locks l
        where l.locktype = 'relation' and l.relation = 'journal.entries'::regclass and l.mode = 'RowExclusiveLock' and l.granted
          and l.database = (select d.oid from pg_database d where d.datname = current_database())
        """;

    private long _asked;
    private HashSet<string> _awaited = [];
    private bool _nowPrepared;

    /// <summary>Nothing at or below this position will appear any more.</summary>
    public long Reached { get; private set; }

    /// <summary>Somebody is waited for.</summary>
    public bool Waits => _asked > Reached;

    /// <summary>Looks once, without waiting.</summary>
    /// <returns><see cref="Reached"/>.</returns>
    public async Task<long> Advance(NpgsqlConnection connection, CancellationToken ct)
    {
        var taken = await PlacesTaken(connection, ct);
        if (taken <= Reached) return Reached;
        var writers = await WritersNow(connection, ct);
        if (Waits && StillAwaited(writers)) return Reached;
        if (Waits) Reached = _asked;
        if (taken <= Reached) return Reached;
        (_asked, _awaited, _nowPrepared) = (taken, writers, false);
        if (_awaited.Count == 0) Reached = _asked;
        return Reached;
    }

    // A transaction that is prepared for two-phase commit keeps its name while the server runs, and goes on as -1/NUMBER after a restart.
    // So once the noted ones are gone, whoever has such a name at that very moment may be one of them and is waited for too.
    private bool StillAwaited(HashSet<string> writers)
    {
        _awaited.IntersectWith(writers);
        if (!_nowPrepared && !_awaited.Any(IsPlain))
        {
            _nowPrepared = true;
            _awaited.UnionWith(writers.Where(w => !IsPlain(w)));
        }

        return _awaited.Count > 0;
    }

    /// <summary>A prepared transaction that came back from a restart has no session: its virtual transaction has the backend -1.</summary>
    internal static bool IsPlain(string virtualTransaction) => !virtualTransaction.StartsWith("-1/", StringComparison.Ordinal);

    private static async Task<long> PlacesTaken(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Taken, connection);
        await command.PrepareAsync(ct);
        return (long)(await command.ExecuteScalarAsync(ct))!;
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
}
