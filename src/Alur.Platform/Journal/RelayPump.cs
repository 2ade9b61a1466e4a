using System.Diagnostics;
using Alur.Platform.Data;
using Alur.Platform.Leases;
using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>Lets one relay tell what is new. Runs under the relay's lease; what it told is told before its place moves, and no transaction waits for the outside.</summary>
internal sealed class RelayPump(IJournalRelay relay, NpgsqlDataSource db, JournalTail tail, TimeSpan? longestPause = null)
{
    private const string Register = "insert into journal.consumers (name) values (@name) on conflict (name) do nothing";

    // Without a lock: whoever pauses or resets it must not wait for somebody else's server. When the place is moved, it is asked again.
    private const string Place = """
        select c.position from journal.consumers c
        where c.name = @name and c.state = 'RUNNING'
          and exists (select from platform.leases l where l.name = @lease and l.holder = @holder and l.epoch = @epoch and l.until > now())
        """;

    // Also of one that was paused while the outside was answering: what is told is told. Not of one that was put elsewhere.
    private const string Advance = """
        update journal.consumers set position = @read_to, advanced_at = now(), waits_since = null, waits_for = null where name = @name and position = @place
        """;

    private const string Wait = """
        update journal.consumers set waits_since = coalesce(waits_since, now()), waits_for = @words where name = @name and position = @place and state = 'RUNNING'
        """;

    private const string Fail = """
        update journal.consumers
        set state = 'FAILED', failed_position = @failed, error = @words, changed_at = now(), waits_since = null, waits_for = null
        where name = @name and position = @place and state = 'RUNNING'
        """;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly TailHorizon _horizon = new();
    private readonly TimeSpan _longestPause = longestPause ?? TimeSpan.FromSeconds(15);
    private RelayWaitsException? _waiting;
    private TimeSpan _pause;
    private long _pausedAt;

    /// <summary>Tells until nothing is left, the relay does not run, the lease is lost, or the outside is away (an exception, the same one until it is time to try again).</summary>
    /// <returns>How many entries were told.</returns>
    public async Task<int> RunOnce(LeaseGrant grant, CancellationToken ct)
    {
        if (_waiting is not null && Stopwatch.GetElapsedTime(_pausedAt) < _pause) throw _waiting;
        await db.Statement(Register, ("name", relay.Name)).Run(ct);
        var (told, most) = (0, relay.Batch);
        while (await Look(grant, most, ct) is { } look)
        {
            if (look.Page.ReadTo == look.Place) break;
            if (await Tell(grant, look, ct) is not { } telling) break;
            if (!telling)
            {
                // One at a time, until it is clear which entry it is.
                most = 1;
                continue;
            }

            _waiting = null;
            told += look.Page.Entries.Count;
            RelayMetrics.Told(relay.Name, look.Page.Entries.Count);
            if (!await Note(grant, Advance, look.Place, ("read_to", look.Page.ReadTo)) || look.Page.AtEnd) break;
        }

        return told;
    }

    /// <summary>What is next; null when the relay does not run (any more) or this node does not hold its lease.</summary>
    private async Task<Looked?> Look(LeaseGrant grant, int most, CancellationToken ct)
    {
        if (await PlaceOf(grant, ct) is not { } place) return null;
        await using var connection = await db.OpenConnectionAsync(ct);
        await _horizon.Advance(connection, ct);
        return new Looked(place, await tail.Before(connection, _horizon.Reached, place, relay.Types, most, ct));
    }

    private async Task<long?> PlaceOf(LeaseGrant grant, CancellationToken ct) =>
        (await db.Statement(Place, ("name", relay.Name), ("lease", grant.Name), ("holder", grant.Holder), ("epoch", grant.Epoch)).Rows(row => (long?)row.GetInt64(0), ct)).SingleOrDefault();

    /// <summary>Whether they were told; false when it failed with several entries, so that it has to be seen with which; null when the lease is lost.</summary>
    private async Task<bool?> Tell(LeaseGrant grant, Looked look, CancellationToken ct)
    {
        var entries = look.Page.Entries;
        if (entries.Count == 0) return true;
        try
        {
            await relay.Open(grant.Epoch, ct);
            if (await PlaceOf(grant, ct) != look.Place) return null;
            await relay.Send(entries, ct);
            return true;
        }
        catch (RelayWaitsException e)
        {
            _pause = _waiting is null ? FirstPause : _pause * 2 < _longestPause ? _pause * 2 : _longestPause;
            (_waiting, _pausedAt) = (e, Stopwatch.GetTimestamp());
            RelayMetrics.Waited(relay.Name);
            await Note(grant, Wait, look.Place, ("words", ConsumerWords.Of(e.Message)));
            throw;
        }
        catch (Exception e) when (!PassingTrouble.Is(e))
        {
            if (entries.Count > 1) return false;
            var words = ConsumerWords.Of(e);
            await Note(grant, Fail, look.Place, ("failed", entries[0].Position), ("words", words));
            throw new ConsumerStoppedException($"The journal consumer {relay.Name} stopped at the entry {entries[0].Position}. {words}");
        }
    }

    /// <summary>Writes about the relay, unless another node has taken over or it was put elsewhere; false when nothing was written. Not cancelled: what is told is told.</summary>
    private async Task<bool> Note(LeaseGrant grant, string sql, long place, params (string Name, object? Value)[] values)
    {
        await using var connection = await db.OpenConnectionAsync(CancellationToken.None);
        await using var tx = await connection.BeginTransactionAsync(CancellationToken.None);
        if (!await LeaseStore.Holds(tx, grant, CancellationToken.None)) return false;
        var noted = await tx.Statement(sql, [("name", relay.Name), ("place", place), .. values]).Run(CancellationToken.None);
        await tx.CommitAsync(CancellationToken.None);
        return noted == 1;
    }

    private sealed record Looked(long Place, TailPage Page);
}
