using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Antrean.Reconcile;

/// <summary>
/// Asks BPJS what it has before anything is sent of a visit that began before <c>antrean.sites.check_before</c>: after a first switch-on another
/// sender may have told it, after a restore we ourselves may have. What BPJS lists counts as already there and is not sent.
/// </summary>
internal sealed class CheckBeforeSend(NpgsqlDataSource db, SpendCalls spend, TimeProvider clock)
{
    /// <summary>The code kept of a task that was found by looking it up; BPJS has none for that.</summary>
    public const string Listed = "LISTED";

    // A day's list is long: visits that come one after the other share it. Short, because BPJS may lose what it had.
    private static readonly TimeSpan s_listIsFresh = TimeSpan.FromSeconds(10);

    private const string DayOfOlder = """
        select v.service_date
        from antrean.visits v
        join antrean.sites s on s.id = v.site_id
        where v.site_id = $1 and v.visit_id = $2 and (v.event_time is null or v.event_time < s.check_before)
        """;

    private readonly ConcurrentDictionary<(string Site, DateOnly Day), (long At, HashSet<string> Codes)> _booked = new();

    private volatile IReadOnlyDictionary<string, Site> _sites = new Dictionary<string, Site>(StringComparer.Ordinal);

    /// <summary>From now on these are the sites.</summary>
    public void Serve(IReadOnlyDictionary<string, Site> sites) => _sites = sites;

    /// <summary>Looks the job's call up, if its visit is one to be looked up.</summary>
    /// <returns>What to report instead of sending; null: send it. The second value is BPJS's list of the visit's tasks, if it was asked.</returns>
    public async Task<(DeliveryReport? Instead, BpjsReply? List)> Run(DeliveryJob job, SiteMode mode, BpjsJob call, BpjsClient client, CancellationToken ct)
    {
        if (!_sites.TryGetValue(mode.Site, out var site) || call.Kodebooking is not { } code || !site.LooksUp(mode.CheckBefore, clock.GetUtcNow()) || await Day(site, job.Key, ct) is not { } day)
            return (null, null);
        return call.Endpoint switch
        {
            "antrean/add" => (await Booking(site, day, code, call, client, ct), null),
            "antrean/updatewaktu" when call.TaskId is { } task => await Counted(job, await OneTask(site, code, task, call, client, ct), ct),
            _ => (null, null),
        };
    }

    // The claim counted one call. Where it is sent after all, the look-up was another.
    private async Task<(DeliveryReport? Instead, BpjsReply? List)> Counted(DeliveryJob job, (DeliveryReport? Instead, BpjsReply? List) found, CancellationToken ct)
    {
        if (found.Instead is null)
            await spend.Run(job.Channel, calls: 1, ct);
        return found;
    }

    private async Task<DateOnly?> Day(Site site, string visitId, CancellationToken ct)
    {
        await using var command = db.CreateCommand(DayOfOlder);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = visitId });
        return await command.ExecuteScalarAsync(ct) is DateOnly day ? day : null;
    }

    private async Task<DeliveryReport?> Booking(Site site, DateOnly day, string code, BpjsJob call, BpjsClient client, CancellationToken ct)
    {
        const string lookup = "antrean/pendaftaran/tanggal";
        if (!_booked.TryGetValue((site.Code, day), out var known) || TimeProvider.System.GetElapsedTime(known.At) > s_listIsFresh)
        {
            var reply = await client.PendaftaranTanggal(day, ct);
            if (Unreadable(reply, site, client, call, lookup) is { } later)
                return later;
            known = (TimeProvider.System.GetTimestamp(), BpjsLists.Bookings(reply.Response).Select(b => b.Kodebooking).ToHashSet(StringComparer.Ordinal));
            _booked[(site.Code, day)] = known;
        }
        return known.Codes.Contains(code) ? Found(lookup, call, DateTimeOffset.UtcNow, TimeSpan.Zero, httpCode: 200) : null;
    }

    private static async Task<(DeliveryReport? Instead, BpjsReply? List)> OneTask(Site site, string code, int task, BpjsJob call, BpjsClient client, CancellationToken ct)
    {
        const string lookup = ListedTasks.Lookup;
        var list = await ListedTasks.Ask(client, code, ct);
        var reply = list.Reply;
        // A booking that BPJS does not know has no tasks: sending says so in the words that registering again builds on.
        if (list.Meaning == AnswerMeaning.BookingUnknown)
            return (null, reply);
        if (Unreadable(reply, site, client, call, lookup) is { } later)
            return (later, null);
        if (list.Find(task) is { } listed)
            return (Found(lookup, call, reply.StartedAt, reply.Duration, reply.HttpCode, AlreadyAtBpjs.With(listed, call)), null);
        return list.Cancelled
            ? (new(new Rejected($"{SettleTasks.CancelledAtBpjs}: BPJS lists the visit as cancelled"), Asked(lookup, call, reply, "TaskId 99")), null)
            : (null, reply);
    }

    private static DeliveryReport? Unreadable(BpjsReply reply, Site site, BpjsClient client, BpjsJob call, string lookup)
    {
        var meaning = BpjsAnswers.Classify(BpjsCall.List, reply);
        if (BpjsAnswers.ActionFor(meaning) == AnswerAction.Success)
            return null;
        var outcome = BpjsDeliveryChannel.Outcome(meaning, reply, site.Code, client.RefusedPause, patient: null);
        // Not to know is no reason to fail what was never sent.
        return new(outcome is Rejected refused ? new RetryLater($"{lookup}: {refused.Reason}", IsOutage: false) : outcome, Asked(lookup, call, reply, BpjsExchange.Said(reply, patient: null)));
    }

    private static DeliveryReport Found(string lookup, BpjsJob call, DateTimeOffset at, TimeSpan took, int? httpCode, Delivered? with = null) => new(
        with ?? new Delivered(AlreadyThere: true), new(at, took, httpCode, Listed, $"found at BPJS before it was sent ({lookup})", Request(lookup, call), Response: null));

    private static Exchange Asked(string lookup, BpjsJob call, BpjsReply reply, string message) =>
        new(reply.StartedAt, reply.Duration, reply.HttpCode, reply.Code, message, Request(lookup, call), Response: null) { LeftNothing = true };

    /// <summary>What is kept of a look-up's request.</summary>
    public static string Request(string lookup, BpjsJob call) =>
        new JsonObject { ["lookup"] = lookup, ["kodebooking"] = call.Kodebooking, ["taskid"] = call.TaskId }.ToJsonString();
}
