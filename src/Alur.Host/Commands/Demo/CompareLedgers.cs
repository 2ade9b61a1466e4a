using System.Globalization;
using Alur.Simulators.Bpjs;
using Alur.Simulators.Khanza;

namespace Alur.Host.Commands.Demo;

/// <summary>What is wrong between the two ledgers.</summary>
internal enum Fault
{
    /// <summary>Should have been told, and was not.</summary>
    Lost,

    /// <summary>Told, or tried, before something that came earlier.</summary>
    OutOfOrder,

    /// <summary>Told again although BPJS had acknowledged it.</summary>
    Duplicate,

    /// <summary>Told although the hospital never had it as something to tell.</summary>
    Invented,
}

/// <summary>One fault, at one task of one visit.</summary>
/// <param name="What">One sentence.</param>
internal sealed record Finding(Fault Fault, string VisitId, string Task, string What);

/// <summary>The outcome of laying one ledger beside the other.</summary>
/// <param name="Sendable">Tasks the bridge should have told by the end.</param>
/// <param name="ByDesktop">Registrations the hospital's own screen made.</param>
/// <param name="NeverVisible">Moments that stood for less than one poll.</param>
/// <param name="Overtaken">Registrations and tasks that BPJS holds although nobody had to tell them by the end: told before the visit was cancelled or changed.</param>
/// <param name="Accepted">Registrations and tasks BPJS holds, whoever told it: <c>Sendable + ByDesktop + Overtaken - Lost</c>.</param>
/// <param name="Attempts">Calls of add, updatewaktu and batal by the bridge.</param>
/// <param name="Forgiven">Of these, repeats of what BPJS had accepted, because the bridge cannot have heard of it: no fault, but to be looked at.</param>
internal sealed record Comparison(int Sendable, int ByDesktop, int NeverVisible, int Overtaken, int Accepted, int Attempts, int Forgiven, IReadOnlyList<Finding> Findings)
{
    public int Lost => Count(Fault.Lost);
    public int OutOfOrder => Count(Fault.OutOfOrder);
    public int Duplicates => Count(Fault.Duplicate);
    public int Invented => Count(Fault.Invented);

    private int Count(Fault fault) => Findings.Count(f => f.Fault == fault);
}

/// <summary>
/// Lays the hospital's own ledger beside BPJS's own ledger. Pure. What the bridge wrote matters in one thing only: of a killed bridge
/// <see cref="CallsInHand"/> tells BPJS's ledger which accepted calls it kept no answer of, at most one for each lease, and their repeats are
/// no duplicates. How many were forgiven so is counted; in everything else a bridge that keeps wrong books cannot talk itself out of it.
/// </summary>
internal static class CompareLedgers
{
    private const string Desktop = "desktop";

    public static Comparison Run(LedgerDocument hospital, BpjsLedger bpjs)
    {
        var visits = hospital.Visits.ToDictionary(v => v.Kodebooking, StringComparer.Ordinal);
        var bookings = bpjs.Bookings.Select(b => b.Kodebooking).ToHashSet(StringComparer.Ordinal);
        var tasks = bpjs.Tasks.Select(t => (t.Kodebooking, Text(t.Taskid))).ToHashSet();
        var standing = AtTheEnd(hospital, bpjs);
        var calls = bpjs.Calls.Where(c => IsAttempt(c)).OrderBy(c => c.Seq).ToList();
        List<Finding> findings =
        [
            .. Lost(standing, bookings, tasks),
            .. Order(visits, calls),
            .. Duplicates(visits, calls),
            .. bpjs.Bookings.SelectMany(b => Invented(visits, b)),
            .. bpjs.Tasks.SelectMany(t => Invented(visits, t)),
            .. bpjs.Cancelled.SelectMany(c => Invented(visits, c)),
        ];
        return new(
            standing.Count(t => t.Verdict.Standing == Standing.Sendable),
            standing.Count(t => t.Verdict.Standing == Standing.ByDesktop),
            hospital.Visits.SelectMany(v => v.Moments).Count(m => m.NeverVisible),
            Overtaken(standing, bookings, tasks),
            bpjs.Bookings.Count + bpjs.Tasks.Count,
            calls.Count(c => c.Sumber != Desktop),
            Forgiven(calls),
            findings);
    }

    // Judged by the hospital's own rules; what BPJS accepted of a visit stays there, so the next task has to follow that.
    private static List<(LedgerVisit Visit, TaskVerdict Verdict)> AtTheEnd(LedgerDocument hospital, BpjsLedger bpjs)
    {
        var told = bpjs.Tasks.ToLookup(t => t.Kodebooking, StringComparer.Ordinal);
        return [.. hospital.Visits.SelectMany(v => SendingRules.Judge(v.State, Held(v, told[v.Kodebooking])).Select(verdict => (v, verdict)))];
    }

    private static Dictionary<string, DateTimeOffset> Held(LedgerVisit visit, IEnumerable<TaskEntry> told) => visit.Moments
        .Join(told, m => (m.Task, m.Waktu), t => (Text(t.Taskid), t.Waktu), (m, _) => m)
        .DistinctBy(m => m.Task).ToDictionary(m => m.Task, m => m.Moment);

    private static IEnumerable<Finding> Lost(
        List<(LedgerVisit Visit, TaskVerdict Verdict)> standing, HashSet<string> bookings, HashSet<(string, string)> tasks) =>
        from t in standing
        where t.Verdict.Standing is Standing.Sendable or Standing.ByDesktop
        where t.Verdict.Task == "1" ? !bookings.Contains(t.Visit.Kodebooking) : !tasks.Contains((t.Visit.Kodebooking, t.Verdict.Task))
        select new Finding(Fault.Lost, t.Visit.VisitId, t.Verdict.Task, $"happened at {t.Verdict.Moment:HH:mm:ss} and BPJS was never told");

    private static int Overtaken(List<(LedgerVisit Visit, TaskVerdict Verdict)> standing, HashSet<string> bookings, HashSet<(string, string)> tasks)
    {
        var toTell = standing.Where(t => t.Verdict.Standing is Standing.Sendable or Standing.ByDesktop).Select(t => (t.Visit.Kodebooking, t.Verdict.Task)).ToHashSet();
        return bookings.Count(b => !toTell.Contains((b, "1"))) + tasks.Count(t => !toTell.Contains(t));
    }

    private static IEnumerable<Finding> Order(Dictionary<string, LedgerVisit> visits, IReadOnlyList<CallEntry> calls)
    {
        var accepted = new HashSet<(string, string)>();
        foreach (var call in calls.Where(c => c.Outcome != "fault"))
        {
            if (call.Kodebooking is not { } code)
                continue;
            if (call.Taskid is not null && visits.TryGetValue(code, out var visit)
                && Before(visit, call).FirstOrDefault(task => !accepted.Contains((code, task))) is { } missing)
                yield return new(Fault.OutOfOrder, visit.VisitId, TaskOf(call), $"was called at {call.At:HH:mm:ss} before BPJS had accepted {missing}");
            if (call.Outcome == "accepted")
                accepted.Add((code, TaskOf(call)));
        }
    }

    // A registration comes before every task, whether the hospital's screen or the bridge makes it.
    private static IEnumerable<string> Before(LedgerVisit visit, CallEntry call) =>
        SendingRules.Tasks.TakeWhile(task => task != TaskOf(call))
            .Where(task => task == "1" || visit.Moments.Any(m => m.Task == task && m.FromReal < call.EngineAt));

    private static IEnumerable<Finding> Duplicates(Dictionary<string, LedgerVisit> visits, IReadOnlyList<CallEntry> calls)
    {
        var acknowledged = new HashSet<(string?, string)>();
        foreach (var call in calls)
        {
            // The desk may press its button twice; that is the desk's business.
            if (call.Sumber != Desktop && acknowledged.Contains((call.Kodebooking, TaskOf(call))))
                yield return new(Fault.Duplicate, NameOf(visits, call.Kodebooking), TaskOf(call), $"was called again at {call.At:HH:mm:ss} after BPJS had acknowledged it");
            if (call is { Outcome: "accepted", AcceptedButAnswerLost: false })
                acknowledged.Add((call.Kodebooking, TaskOf(call)));
        }
    }

    private static int Forgiven(IReadOnlyList<CallEntry> calls)
    {
        var (accepted, acknowledged, forgiven) = (new HashSet<(string?, string)>(), new HashSet<(string?, string)>(), 0);
        foreach (var call in calls)
        {
            var told = (call.Kodebooking, TaskOf(call));
            if (call.Sumber != Desktop && accepted.Contains(told) && !acknowledged.Contains(told))
                forgiven++;
            if (call.Outcome != "accepted")
                continue;
            accepted.Add(told);
            if (!call.AcceptedButAnswerLost)
                acknowledged.Add(told);
        }

        return forgiven;
    }

    private static IEnumerable<Finding> Invented(Dictionary<string, LedgerVisit> visits, BookingEntry booking)
    {
        var byDesktop = booking.Sumber == Desktop;
        var wrong = !visits.TryGetValue(booking.Kodebooking, out var visit) ? "no visit has this booking code"
            : booking.Tanggalperiksa != visit.ServiceDate ? $"registered for {booking.Tanggalperiksa:yyyy-MM-dd}, but the visit is on {visit.ServiceDate:yyyy-MM-dd}"
            : booking.Jenispasien != (visit.Kind == VisitKind.NonJkn ? "NON JKN" : "JKN") ? $"registered as {booking.Jenispasien}, but the visit is {visit.Kind}"
            : !byDesktop && visit.Kind == VisitKind.OnSiteJkn ? "registered by the bridge, but the hospital's own screen registers these"
            : !visit.Moments.Any(m => m.Task == "1" && m.EverTellable) ? "registered, but it never was to be told"
            : null;
        return wrong is null ? [] : [new(Fault.Invented, visit?.VisitId ?? booking.Kodebooking, "1", wrong)];
    }

    private static IEnumerable<Finding> Invented(Dictionary<string, LedgerVisit> visits, TaskEntry task)
    {
        var name = Text(task.Taskid);
        var moments = visits.TryGetValue(task.Kodebooking, out var visit)
            ? visit.Moments.Where(m => m.Task == name && m.Waktu == task.Waktu).ToList()
            : [];
        var wrong = moments.Count == 0 ? $"accepted with {DateTimeOffset.FromUnixTimeMilliseconds(task.Waktu):O}, a moment the hospital never had"
            : !moments.Exists(m => m.EverTellable) ? "accepted, but it never was to be told"
            : null;
        return wrong is null ? [] : [new(Fault.Invented, visit?.VisitId ?? task.Kodebooking, name, wrong)];
    }

    private static IEnumerable<Finding> Invented(Dictionary<string, LedgerVisit> visits, CancelEntry cancellation) =>
        visits.TryGetValue(cancellation.Kodebooking, out var visit) && (visit.State.Cancelled || visit.State.Gone)
            ? []
            : [new(Fault.Invented, visit?.VisitId ?? cancellation.Kodebooking, "99", "cancelled at BPJS, but not at the hospital")];

    private static string NameOf(Dictionary<string, LedgerVisit> visits, string? kodebooking) =>
        kodebooking is not null && visits.TryGetValue(kodebooking, out var visit) ? visit.VisitId : kodebooking ?? "?";

    private static bool IsAttempt(CallEntry call) => call.Endpoint is "antrean/add" or "antrean/updatewaktu" or "antrean/batal";

    // In the ledgers' common words the registration is task 1 and the cancellation 99.
    private static string TaskOf(CallEntry call) => call.Taskid is { } task ? Text(task) : call.Endpoint == "antrean/add" ? "1" : "99";

    private static string Text(int taskId) => taskId.ToString(CultureInfo.InvariantCulture);
}
