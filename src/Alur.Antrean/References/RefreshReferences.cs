using System.Data.Common;
using System.Text.Json;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Khanza;
using Alur.Antrean.Reconcile;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Antrean.References;

/// <summary>Hints inside this process that somebody wants a site's reference lists anew.</summary>
internal sealed class ReferenceHints : SiteHints;

/// <summary>
/// Keeps BPJS's reference lists and schedules beside the hospital's own mappings and schedules, so that both can be compared. Each list is
/// asked for once a hospital day, one call after the other and within the account's rate, also in observe mode: nothing of any patient is in
/// these calls. Nothing is asked while the channel rests, and the first call that BPJS does not answer ends the run.
/// </summary>
internal sealed class RefreshReferences(
    NpgsqlDataSource db, Func<KhanzaOptions, DbDataSource> connect, SiteDirectory sites, BpjsClients clients, DeliveryQueue queue, TimeProvider clock)
{
    /// <summary>What a run did.</summary>
    /// <param name="Asked">Calls made.</param>
    /// <param name="Read">Of these, lists that were read and kept.</param>
    public sealed record RefreshResult(int Asked, int Read);

    /// <summary>Runs once for one site. Throws when Khanza or BPJS does not answer; what was read before stays and says how old it is.</summary>
    public async Task<RefreshResult> RunOnce(string siteCode, CancellationToken ct)
    {
        var site = sites.Find(siteCode) ?? throw new ArgumentException($"There is no site '{siteCode}'.", nameof(siteCode));
        await WantReferences.Ever(db, site, ct);
        if (SiteDirectory.CannotPoll(siteCode, site.Options) is null)
            await ReadMasters(site, ct);
        var client = clients.For(siteCode);
        if (!client.Ok || await ChannelRest.IsResting(db, site.Channel, ct))
            return new RefreshResult(0, 0);
        var first = await Ask(site, client.Value, ["CLINICS", "DOCTORS"], failed: false, ct);
        await WantReferences.DaysOf(db, site, site.Today(clock), ct);
        var then = await Ask(site, client.Value, ["SCHEDULE"], failed: false, ct);
        // Last, because a call without an answer ends the run: one list that BPJS never gives must not keep the others from being read.
        var last = await Ask(site, client.Value, ["CLINICS", "DOCTORS", "SCHEDULE"], failed: true, ct);
        return new RefreshResult(first.Asked + then.Asked + last.Asked, first.Read + then.Read + last.Read);
    }

    private async Task ReadMasters(Site site, CancellationToken ct)
    {
        await using var khanza = connect(site.Options.Khanza);
        try
        {
            var masters = await KhanzaMasters.Read(khanza, site, ct);
            await Keep(DueList.KhanzaClinics, masters.Clinics);
            await Keep(DueList.KhanzaDoctors, masters.Doctors);
            await Keep(DueList.KhanzaSlots, masters.Hours);
        }
        catch (DbException e) when (e is not NpgsqlException)
        {
            foreach (var list in (DueList[])[DueList.KhanzaClinics, DueList.KhanzaDoctors, DueList.KhanzaSlots])
                await KeepReferences.Failed(db, site, list, KhanzaText.Clean(e.Message, out _), TimeSpan.Zero, ct);
            throw;
        }

        Task Keep<T>(DueList list, IReadOnlyList<T> rows) => KeepReferences.Read(
            db, site, list, JsonSerializer.Serialize(rows, KeepReferences.Json), again: null, KeepReferences.DayOf(clock.GetUtcNow(), site), ct);
    }

    private async Task<RefreshResult> Ask(Site site, BpjsClient client, string[] kinds, bool failed, CancellationToken ct)
    {
        var (asked, read) = (0, 0);
        foreach (var list in await WantReferences.Now(db, site, clock.GetUtcNow(), kinds, failed, ct))
        {
            await queue.TakeTurn(site.Channel, ct);
            if (await ChannelRest.IsResting(db, site.Channel, ct))
                break; // somebody paused it, or deliveries found BPJS away, since the run began
            asked++;
            read += await Ask(site, client, list, ct) ? 1 : 0;
        }
        return new RefreshResult(asked, read);
    }

    private async Task<bool> Ask(Site site, BpjsClient client, DueList list, CancellationToken ct)
    {
        var reply = await client.Get(list.Path, ct);
        var meaning = BpjsAnswers.Classify(BpjsCall.Reference, reply);
        var said = BpjsExchange.WithoutAccount(BpjsExchange.Said(reply, patient: null), site.Options.Bpjs);
        if (BpjsAnswers.ActionFor(meaning) is AnswerAction.Pause or AnswerAction.RetryOutage or AnswerAction.RetryLater)
        {
            await KeepReferences.Failed(db, site, list, said, TimeSpan.Zero, ct);
            throw new BpjsUnreadableException($"BPJS did not give {list.Path}. {BpjsUnreadableException.Why(meaning, reply, said, site.Code)}");
        }

        var got = meaning == AnswerMeaning.EmptyList ? new ReferenceRead("[]", 0, Failure: null)
            : meaning == AnswerMeaning.Accepted ? BpjsReferences.Read(list.Kind, reply.Response)
            : ReferenceRead.Failed(said);
        // A day without consultation is an answer. Everything else that is suddenly empty is more likely BPJS's mistake than the truth.
        if (got is { Failure: null, Count: 0 } && (list.Kind != "SCHEDULE" || list.Rows > 0))
            got = ReferenceRead.Failed(list.Rows > 0 ? "BPJS now lists nothing; what it listed before is kept" : "BPJS lists nothing");
        if (got.Failure is { } failure)
            await KeepReferences.Failed(db, site, list, failure, KeepReferences.AskAgain, ct);
        else
            await KeepReferences.Read(db, site, list, got.Rows!, got.Count == 0 ? KeepReferences.AskAgain : null, KeepReferences.DayOf(clock.GetUtcNow(), site), ct);
        return got.Failure is null;
    }
}
