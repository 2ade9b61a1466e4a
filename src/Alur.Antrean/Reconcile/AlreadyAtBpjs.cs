using System.Globalization;
using System.Text.RegularExpressions;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;

namespace Alur.Antrean.Reconcile;

/// <summary>Whom BPJS has something from that it says it had already.</summary>
internal enum ToldBy
{
    /// <summary>From us, in these very words: a call of ours got no answer.</summary>
    Us,

    /// <summary>From us, perhaps with another moment: Khanza was corrected after a call that got no answer.</summary>
    UsPerhapsOtherwise,

    /// <summary>From somebody else: no call of ours can have told it.</summary>
    SomebodyElse,
}

/// <summary>
/// What it means that BPJS has already what we tell it: the one place that decides it. BPJS keeps the moment that it was told first and never
/// changes it, so that one is what counts as sent, and what follows is judged by it; what Khanza says by now is shown beside it. Unless the
/// moment is certainly ours, BPJS is asked for it (<c>getlisttask</c>), once its list may be expected to show it, and nothing of the visit goes
/// out before. That BPJS has the task is certain by then; where its list cannot tell the moment, ours stands.
/// </summary>
internal static class AlreadyAtBpjs
{
    /// <summary>The code of BPJS's answer "I have it"; of the look-ups after it, too, since it is what they are about.</summary>
    public const string Code = "208";

    /// <summary>Whom BPJS has it from, by what is kept of our own calls.</summary>
    public static ToldBy Who(DeliveryJob job) => job.Unanswered switch
    {
        UnansweredCall.None => ToldBy.SomebodyElse,
        UnansweredCall.SamePayload => ToldBy.Us,
        UnansweredCall.OtherPayload => ToldBy.UsPerhapsOtherwise,
    };

    /// <summary>What is done about a 208. Registrations have no moment to ask for.</summary>
    public static DeliveryOutcome Said(DeliveryJob job, BpjsJob call, TimeSpan listLag) => Who(job) switch
    {
        ToldBy.Us => new Delivered(AlreadyThere: true),
        _ when call is not { TaskId: not null, Waktu: not null, Kodebooking: not null } => new Delivered(AlreadyThere: true),
        var who => new NotYet(DateTimeOffset.UtcNow + listLag, $"BPJS has it already{(who == ToldBy.SomebodyElse ? ", from somebody else" : "")}; it will be asked which moment it holds", Acknowledged: true),
    };

    /// <summary>Asks for the moment of a task of which BPJS said, long enough ago, that it has it.</summary>
    public static async Task<DeliveryReport> AskMoment(DeliveryJob job, BpjsJob call, BpjsClient client, string site, CancellationToken ct)
    {
        var list = await ListedTasks.Ask(client, call.Kodebooking!, ct);
        var outcome = list switch
        {
            _ when list.Find(call.TaskId!.Value) is { } listed => With(listed, call),
            { Cancelled: true } => new Rejected($"{SettleTasks.CancelledAtBpjs}: BPJS lists the visit as cancelled"),
            // The list may lag for longer than is usual.
            { IsList: true } when !job.IsLastAttempt => new RetryLater($"BPJS said that it has task {call.TaskId} and does not list it (yet)", IsOutage: false, client.ListLag),
            { IsList: true } => new Delivered(AlreadyThere: true),
            { Meaning: AnswerMeaning.BookingUnknown } => Outcome(list, client, site),
            // Asked again as long as there are attempts; then, and where BPJS refuses to list, what is certain has to do.
            _ => Outcome(list, client, site) is var later && (later is NotYet || later is RetryLater && !job.IsLastAttempt) ? later : new Delivered(AlreadyThere: true),
        };
        return new(outcome, Asked(call, list, outcome));
    }

    /// <summary>BPJS holds a later task already, so it takes ours no more. Whether ours is among the earlier ones decides.</summary>
    public static async Task<(DeliveryOutcome Outcome, BpjsReply? Listed)> BehindLater(
        DeliveryJob job, BpjsJob call, BpjsReply refused, BpjsClient client, string site, Regex? patient, CancellationToken ct)
    {
        var said = BpjsExchange.Said(refused, patient);
        var late = $"{BpjsDeliveryChannel.ReasonOf(AnswerMeaning.LaterTaskRecorded)}: {said}";
        if (call is not { TaskId: { } taskId, Waktu: not null, Kodebooking: { } kodebooking })
            return (new Rejected(late), null);
        var list = await ListedTasks.Ask(client, kodebooking, ct);
        if (!list.IsList)
            return (Outcome(list, client, site), list.Reply);
        var ours = list.Find(taskId);
        return (ours switch
        {
            _ when list.Cancelled => new Rejected($"{SettleTasks.CancelledAtBpjs}: {said}"),
            null => new RetryLater($"{said}; task {taskId} is not in BPJS's list (yet)", IsOutage: false, client.ListLag),
            _ when ours.Waktu is not null && (ours.OtherThan(call.Waktu) is null || Who(job) != ToldBy.SomebodyElse) => With(ours, call),
            _ => new Rejected($"{late}; BPJS holds task {taskId} at {Wib(ours.Waktu)}, we have {Wib(call.Waktu)}"),
        }, list.Reply);
    }

    /// <summary>The task counts as sent, with the moment that BPJS holds.</summary>
    public static Delivered With(ListedTask listed, BpjsJob call) => new(AlreadyThere: true, listed.OtherThan(call.Waktu)?.ToString("O", CultureInfo.InvariantCulture));

    private static DeliveryOutcome Outcome(ListedTasks list, BpjsClient client, string site) =>
        BpjsDeliveryChannel.Outcome(list.Meaning, list.Reply, site, client.RefusedPause, patient: null);

    private static Exchange Asked(BpjsJob call, ListedTasks list, DeliveryOutcome outcome) => new(
        list.Reply.StartedAt, list.Reply.Duration, list.Reply.HttpCode, outcome is Delivered ? Code : list.Reply.Code, Found(call, list),
        CheckBeforeSend.Request(ListedTasks.Lookup, call), Response: null) { LeftNothing = true };

    private static string Found(BpjsJob call, ListedTasks list) => list.Find(call.TaskId!.Value) switch
    {
        { Waktu: not null } listed => $"BPJS holds task {call.TaskId} at {Wib(listed.Waktu)}, we have {Wib(call.Waktu)}",
        _ when list.IsList => $"BPJS said that it has task {call.TaskId} and does not list its moment",
        _ => BpjsExchange.Said(list.Reply, patient: null),
    };

    private static string Wib(DateTimeOffset? moment) =>
        moment?.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm:ss 'WIB'", CultureInfo.InvariantCulture) ?? "an unreadable time";
}
