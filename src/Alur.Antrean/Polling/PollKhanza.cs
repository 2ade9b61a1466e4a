using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Alur.Antrean.Khanza;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Alerts;
using Alur.Platform.Delivery;
using Alur.Platform.Leases;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Antrean.Polling;

/// <summary>
/// Reads a hospital's Khanza database once and stores what changed. There is no "modified at" in Khanza that could be trusted, so the
/// whole window is read and compared by hash. A poll either finishes or changes nothing.
/// </summary>
internal sealed class PollKhanza(
    NpgsqlDataSource db, Func<KhanzaOptions, DbDataSource> connect, SiteDirectory sites, DeliveryQueue queue, TimeProvider clock,
    BuildHints hints, AntreanMetrics metrics, DiskGuard disk, ILogger<PollKhanza> log) : IAsyncDisposable
{
    private const string Known = """
        select visit_id, source_hash, gone_at is not null
        from antrean.visits
        where site_id = $1 and (service_date between $2 and $3 or visit_id between $4 and $5)
        union all
        (select visit_id, null, false from antrean.undated_visits
         where site_id = $1 and visit_id not between $4 and $5 order by visit_id desc limit 500)
        """;

    private const string InboxKnown = "select exists (select 1 from antrean.tasks where site_id = $1 and held_reason = 'VISIT_NOT_READ')";

    private const string MarkFailed = "update antrean.sites set last_poll_error = left($2, 1000) where id = $1";

    private const string Register = "REGISTER";
    private const int MostNamed = 5;

    /// <summary>More tasks than this in one poll are no day's work as it happens, but a first look.</summary>
    internal const int MostLogged = 50;

    private readonly ConcurrentDictionary<string, DbDataSource> _khanza = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Recollection> _recollections = new(StringComparer.Ordinal);

    /// <summary>What one poll found.</summary>
    /// <param name="Read">Visits read.</param>
    /// <param name="Changed">Of these, new or different ones.</param>
    /// <param name="Missing">Visits that are gone.</param>
    /// <param name="Observed">Tasks seen for the first time, REGISTER included.</param>
    /// <param name="Undated">Visits left out because they have no readable date.</param>
    public sealed record PollResult(int Read, int Changed, int Missing, int Observed, int Undated);

    /// <summary>Polls once without a lease.</summary>
    public Task<PollResult> RunOnce(string siteCode, CancellationToken ct) => RunOnce(siteCode, lease: null, ct);

    /// <summary>Polls once. Throws when Khanza or the database cannot be reached; nothing was changed then but the site's last error.</summary>
    public async Task<PollResult> RunOnce(string siteCode, LeaseGrant? lease, CancellationToken ct)
    {
        var site = sites.Find(siteCode) ?? throw new ArgumentException($"There is no site '{siteCode}'.", nameof(siteCode));
        try
        {
            return await Poll(site, lease, ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            metrics.PollFailed(siteCode);
            await NoteFailure(site, failure, ct);
            throw;
        }
    }

    private async Task<PollResult> Poll(Site site, LeaseGrant? lease, CancellationToken ct)
    {
        disk.Check();
        var watch = Stopwatch.StartNew();
        var today = site.Today(clock);
        var window = new KhanzaWindow(today.AddDays(-site.Options.LookBackDays), today.AddDays(site.Options.LookAheadDays));
        var (known, undated) = await ReadKnown(site, window, ct);
        string[] outside = [.. known.Keys.Where(id => !window.Holds(id)).Union(undated, StringComparer.Ordinal)];
        var khanza = _khanza.GetOrAdd(site.Code, _ => connect(site.Options.Khanza));
        var snapshot = await ReadKhanza.Run(khanza, site, window, outside, ct);
        var seen = _recollections.GetOrAdd(site.Code, _ => new Recollection(site)).Look(snapshot);
        var difference = PollDifference.Between(known, seen, snapshot, site, await ReadInboxKnown(site, ct));
        var (observed, othersUndated) = await Store(site, difference, window, outside, lease, ct);
        if (observed.Count > 0 || difference.IsAny)
        {
            await HoldTasks.Run(db, site, clock, ct);
            hints.Hint(site.Code);
        }
        Tell(site, observed);
        if (othersUndated)
            Tell(site, difference.Undated);
        var result = new PollResult(seen.Count, difference.Changed.Count, difference.Missing.Length, observed.Count, difference.Undated.Count);
        metrics.Polled(site.Code, new(result.Changed, result.Observed, watch.Elapsed));
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var khanza in _khanza.Values)
            await khanza.DisposeAsync();
    }

    private async Task<StoredPoll> Store(
        Site site, PollDifference difference, KhanzaWindow window, string[] outside, LeaseGrant? lease, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (lease is not null && !await LeaseStore.Holds(tx, lease, ct))
            throw new InvalidOperationException($"The lease {lease.Name} was lost while Khanza was read; another node polls now.");
        var stored = await new StorePoll(connection, tx, queue, site).Run(difference, window, outside, ct);
        await tx.CommitAsync(ct);
        return stored;
    }

    // The second are visits that were left out for their date and are no longer in the window: they are read by name until it is mended.
    private async Task<(Dictionary<string, KnownVisit> Known, List<string> Undated)> ReadKnown(Site site, KhanzaWindow window, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Known);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = site.Id }, new() { Value = window.First }, new() { Value = window.Last },
            new() { Value = window.FirstVisit }, new() { Value = window.LastVisit },
        });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var known = new Dictionary<string, KnownVisit>(StringComparer.Ordinal);
        var undated = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            if (await reader.IsDBNullAsync(1, ct))
                undated.Add(reader.GetString(0));
            else
                known[reader.GetString(0)] = new KnownVisit(reader.GetFieldValue<byte[]>(1), reader.GetBoolean(2));
        }
        return (known, undated);
    }

    private async Task NoteFailure(Site site, Exception failure, CancellationToken ct)
    {
        await using var command = db.CreateCommand(MarkFailed);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = KhanzaText.Clean(failure.Message, out _) });
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<bool> ReadInboxKnown(Site site, CancellationToken ct)
    {
        await using var command = db.CreateCommand(InboxKnown);
        command.Parameters.Add(new() { Value = site.Id });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    private void Tell(Site site, IReadOnlyList<UndatedVisit> undated)
    {
        if (undated.Count == 0)
            log.NoneUndated(site.Code);
        else
            log.Undated(site.Code, undated.Count, string.Join(", ", undated.Take(MostNamed).Select(v => v.VisitId)) + (undated.Count > MostNamed ? ", …" : ""));
    }

    // The first look at a hospital finds a thousand: line by line they would push everything that a person needs off the screen.
    private void Tell(Site site, List<(string VisitId, string Label, bool Inbox)> observed)
    {
        var updated = observed.Count(o => !o.Inbox && o.Label != Register);
        if (updated > MostLogged)
            log.ObservedMany(site.Code, updated);
        foreach (var (visitId, label, inbox) in observed)
        {
            if (inbox)
                log.WithoutRegister(visitId, label);
            else if (label != Register)
                log.Observed(updated > MostLogged ? LogLevel.Debug : LogLevel.Information, label, visitId);
        }
    }
}
