using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Leases;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Antrean.Reconcile;

/// <summary>
/// Looks at BPJS for registrations that the hospital's own desktop makes (<c>OnSiteJkn = desktop</c>): a visit whose code BPJS lists is
/// registered, and its tasks may follow. Sites that may not send are not asked about: their credentials are for sending. Only days with visits that still wait are asked for, one call a day; nothing is asked while the
/// channel is paused or its breaker is open. Once a probe may go it is asked: where the desktop registers everybody, only what is found here makes
/// jobs, and without a job there is no probe that could ever close the breaker.
/// </summary>
internal sealed class ReconcileRegistrations(
    NpgsqlDataSource db, SiteDirectory sites, SiteModes modes, BpjsClients clients, FindUnanswered unanswered, TimeProvider clock, ILogger<ReconcileRegistrations> log)
{
    // A visit that was cancelled meanwhile may have been
    // registered first; that is looked for until its day is over.
    private const string WaitingDays = """
        select distinct v.service_date
        from antrean.visits v
        join antrean.tasks t on t.site_id = v.site_id and t.visit_id = v.visit_id and t.task = '1' and t.status = 'DRAFT'
        join antrean.sites s on s.id = v.site_id and s.mode = 'send' and s.onsite_jkn = 'desktop'
        where v.site_id = $1 and v.service_date >= $2 and v.kind = 'ONSITE_JKN'
          and (v.cancelled_reason is null or v.cancelled_reason <> 'CANCELLED_AT_BPJS' and v.service_date >= $3)
          and v.event_time >= s.send_from and not 'CLINIC_EXCLUDED' = any(v.blocked_reasons)
        order by v.service_date
        """;

    private const string MarkRegistered = $"""
        with found as materialized (
            select t.site_id, t.visit_id, t.task
            from antrean.visits v
            join antrean.tasks t on t.site_id = v.site_id and t.visit_id = v.visit_id and t.task = '1'
            where v.site_id = $1 and v.service_date = $2 and v.kind = 'ONSITE_JKN' and v.kodebooking = any($3) and t.status = 'DRAFT'
            order by t.site_id, t.visit_id, t.task
            for update of t
        ), written as (
            update antrean.tasks t
            set status = 'SENT_BPJS', sent_at = now(), already_there = true, held_reason = null, cancelled_reason = null
            from found f
            where t.site_id = f.site_id and t.visit_id = f.visit_id and t.task = f.task and t.status = 'DRAFT'
            returning t.site_id, t.visit_id, t.task, t.waktu
        ), happened (site_id, visit_id, task, type, waktu, reason, words, actor) as (
            select site_id, visit_id, task, 'antrean.TASK_SENT', waktu, 'found at BPJS, registered by the hospital''s desktop', null, 'system' from written
        ){TaskEntries.Append}
        select visit_id from written order by visit_id
        """;

    /// <summary>Runs once for one site.</summary>
    /// <returns>How many registrations were found; a failure of BPJS is an exception.</returns>
    public async Task<int> RunOnce(string siteCode, CancellationToken ct)
    {
        var site = sites.Find(siteCode) ?? throw new ArgumentException($"There is no site '{siteCode}'.", nameof(siteCode));
        var client = clients.For(siteCode);
        if (!client.Ok || await modes.Of(siteCode, ct) is not { Sends: true } || await ChannelRest.IsResting(db, site.Channel, ct))
            return 0;
        var found = 0;
        foreach (var day in await Days(site, ct))
        {
            var reply = await client.Value.PendaftaranTanggal(day, ct);
            var meaning = BpjsAnswers.Classify(BpjsCall.List, reply);
            if (BpjsAnswers.ActionFor(meaning) != AnswerAction.Success)
                throw new BpjsUnreadableException($"BPJS did not list the registrations of {day:yyyy-MM-dd}. {BpjsUnreadableException.Why(meaning, reply, BpjsExchange.Said(reply, patient: null), siteCode)}");
            found += await Mark(site, day, [.. BpjsLists.Bookings(reply.Response).Select(b => b.Kodebooking)], ct);
        }
        return found + await unanswered.Run(site, client.Value, ct);
    }

    private async Task<List<DateOnly>> Days(Site site, CancellationToken ct)
    {
        await using var command = db.CreateCommand(WaitingDays);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = site.Today(clock).AddDays(-site.Options.LookBackDays) });
        command.Parameters.Add(new() { Value = site.Today(clock) });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var days = new List<DateOnly>();
        while (await reader.ReadAsync(ct))
            days.Add(reader.GetFieldValue<DateOnly>(0));
        return days;
    }

    private async Task<int> Mark(Site site, DateOnly day, string[] codes, CancellationToken ct)
    {
        await using var command = db.CreateCommand(MarkRegistered);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = day });
        command.Parameters.Add(new() { Value = codes });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = 0;
        for (; await reader.ReadAsync(ct); found++)
            log.FoundRegistered(reader.GetString(0));
        return found;
    }
}

/// <summary>BPJS answered a look-up with something that is no list.</summary>
internal sealed class BpjsUnreadableException(string message) : Exception(message), ISpeaksForItself
{
    /// <summary>What is wrong and what to do, in sentences.</summary>
    public static string Why(AnswerMeaning meaning, BpjsReply reply, string said, string site) => BpjsAnswers.ActionFor(meaning) switch
    {
        AnswerAction.Pause => BpjsDeliveryChannel.WhyPaused(meaning, reply, said, site),
        AnswerAction.RetryOutage => $"BPJS does not answer as it should ({said}). Nothing is lost; if it lasts, check this machine's way to the internet with: ./alur doctor",
        _ => $"It answered: {said}",
    };
}
