using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Alur.Platform.Data;
using Alur.Platform.Journal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>Tells the topics of this node what is committed, whichever node wrote it. While the database is away the sockets stay; afterwards it goes on where it was.</summary>
internal sealed partial class FollowJournal(JournalTail tail, Hub hub, NpgsqlDataSource db, ILogger<FollowJournal> log) : BackgroundService
{
    // Whoever reads the journal leaves it.
    private const string Mark = """
        with made as (insert into journal.crash_mark default values on conflict do nothing returning mark)
        select mark from made union all select mark from journal.crash_mark
        """;

    /// <summary>Positions before the end that are told again at the start, so that clients of a server that was restarted miss nothing.</summary>
    private const int Again = 5000;

    private static readonly TimeSpan Lively = TimeSpan.FromMilliseconds(5); // within a second of an entry: where one comes, others follow
    private static readonly TimeSpan WithSockets = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan WithoutSockets = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromSeconds(5); // somebody may hold a place for much longer
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private long _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (hub.Types.Count == 0) return;
        var (after, pause) = (-1L, FirstPause);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                after = await Begin(after, stoppingToken);
                if (!hub.IsOpen) after = await CatchUp(after, stoppingToken);
                pause = FirstPause;
                await foreach (var entry in tail.Follow(after, hub.Types, Pause, stoppingToken))
                {
                    hub.Tell(entry);
                    _told = Stopwatch.GetTimestamp();
                    after = entry.Position;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogAway(pause.TotalSeconds, e.Message);
                await Task.Delay(pause, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private TimeSpan Pause() => hub.Count == 0 ? WithoutSockets : Stopwatch.GetElapsedTime(_told) < TimeSpan.FromSeconds(1) ? Lively : WithSockets;

    /// <summary>Tells what was before the start, so that nobody who comes now takes it for new.</summary>
    /// <returns>Where to go on.</returns>
    private async Task<long> CatchUp(long after, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        var horizon = new TailHorizon();
        var begun = Stopwatch.StartNew();
        while (true)
        {
            var page = await tail.Look(connection, horizon, after, hub.Types, Again, ct);
            foreach (var entry in page.Entries)
            {
                hub.Tell(entry);
                after = entry.Position;
            }

            if (page.AtEnd && (horizon.Reached > 0 || !horizon.Waits || begun.Elapsed > LongestCatchUp)) break;
            if (page.AtEnd) await Task.Delay(BetweenLooks, ct);
        }

        hub.Open();
        return after;
    }

    /// <summary>Where to go on.</summary>
    private async Task<long> Begin(long after, CancellationToken ct)
    {
        var epoch = await Epoch(ct);
        if (after < 0 || hub.Epoch != epoch) after = Math.Max(0, await tail.End(ct) - Again);
        hub.Begin(after, epoch);
        return after;
    }

    /// <summary>
    /// Of one life of one journal: what a crash, a restoring or a fail-over may have taken away is never counted as seen. The name alone would survive them.
    /// </summary>
    private async Task<string> Epoch(CancellationToken ct)
    {
        var mark = (await db.Statement(Mark).Rows(r => r.GetGuid(0), ct)).Single();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{await JournalName.Of(db, ct)}/{mark}")))[..16];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Realtime: the journal cannot be read, trying again in {Seconds} s. Sockets stay open. {Why}")]
    private partial void LogAway(double seconds, string why);
}
