namespace Alur.Simulators.Khanza;

/// <summary>Where a task stands as far as the hospital itself can tell.</summary>
public enum Standing
{
    /// <summary>Happened, is in order, and BPJS must be told by the bridge.</summary>
    Sendable,

    /// <summary>The hospital's own desktop told BPJS; the bridge must not.</summary>
    ByDesktop,

    /// <summary>Happened, but must not be told as things are.</summary>
    Held,

    /// <summary>The visit was cancelled.</summary>
    Cancelled,
}

/// <summary>What the rules say of one observed task of one visit.</summary>
/// <param name="Task">1 (the registration), 3, 4 or 5.</param>
/// <param name="Moment">When it happened.</param>
/// <param name="Reason">Why it is held or cancelled, else null.</param>
public sealed record TaskVerdict(string Task, DateTimeOffset Moment, Standing Standing, string? Reason);

/// <summary>A visit as it stood at one instant, in the ledger's own words.</summary>
/// <param name="Moments">What the tables say, by task; 1 is the registration.</param>
public sealed record VisitState(VisitKind Kind, DateOnly ServiceDate, IReadOnlyDictionary<string, DateTimeOffset> Moments)
{
    /// <summary>Why nothing of it may be told as long as master data and dates are as they are; null: nothing is against it.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Registered as a new patient by somebody who will be asked for admission tasks.</summary>
    public bool NeedsAdmission { get; init; }

    /// <summary>Cancelled, its row is still there.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Its row has been deleted.</summary>
    public bool Gone { get; init; }

    /// <summary>BPJS acknowledged the registration that the hospital's own screen made.</summary>
    public bool ToldByDesktop { get; init; }
}

/// <summary>
/// The hospital's own statement of what may be told to BPJS, written from the public rules of Antrean RS and not from the
/// bridge's code, so that the two can disagree: in order, each moment later than the one before, on the day of service,
/// nothing invented, nothing for the emergency unit, nothing for a clinic without a code, nothing of a day that was over
/// when it began.
/// </summary>
public static class SendingRules
{
    private static readonly IReadOnlyDictionary<string, DateTimeOffset> Nothing = new Dictionary<string, DateTimeOffset>();

    /// <summary>The tasks the bridge reports, in order; the first is the registration.</summary>
    public static IReadOnlyList<string> Tasks { get; } = ["1", "3", "4", "5"];

    /// <summary>What is against a visit from the beginning, on a day on which sending begins in the morning.</summary>
    public static string? ObstacleOf(PlannedVisit visit, DateOnly today) =>
        visit.Clinic.Excluded ? "CLINIC_EXCLUDED"
        : visit.Irregularity == Irregularity.UnreadableRegistration ? "TIME_UNREADABLE"
        : visit.ServiceDate < today ? "OUTSIDE_SEND_FROM"
        // A booking of the app carries BPJS's own codes, so the hospital's mapping and schedule do not matter for it.
        : visit.Kind == VisitKind.MobileJkn ? null
        : visit.Clinic.BpjsCode is null ? "CLINIC_UNMAPPED"
        : visit.Doctor.BpjsCode is null ? "DOCTOR_UNMAPPED"
        // Hours and quota of a BPJS patient at the desk are the desktop's business.
        : visit.Kind == VisitKind.OnSiteJkn ? null
        : !visit.Doctor.HasHours ? "NO_SCHEDULE"
        : !visit.Doctor.HasQuota ? "QUOTA_MISSING"
        : null;

    /// <summary>One verdict for each task that has a moment, as the hospital's tables stand.</summary>
    public static IReadOnlyList<TaskVerdict> Judge(VisitState visit) => Judge(visit, Nothing);

    /// <summary>
    /// The same when BPJS holds some moments already. What it holds cannot be taken back or changed: the next task must be later than that,
    /// whatever the tables say by now.
    /// </summary>
    public static IReadOnlyList<TaskVerdict> Judge(VisitState visit, IReadOnlyDictionary<string, DateTimeOffset> held)
    {
        var blocked = WholeVisit(visit);
        var verdicts = new List<TaskVerdict>(Tasks.Count);
        TaskVerdict? before = null;
        var gap = false;
        foreach (var task in Tasks)
        {
            if (!held.TryGetValue(task, out var moment) && !visit.Moments.TryGetValue(task, out moment))
            {
                gap = true;
                continue;
            }

            var (standing, reason) = blocked ?? Single(visit, task, moment, before, gap);
            before = new(task, moment, standing, reason);
            verdicts.Add(before);
        }

        return verdicts;
    }

    /// <summary>
    /// Whether the task could rightly be told in the last of these states: it is there, and among all moments that the earlier tasks ever had there are
    /// some, told at their time, that it follows.
    /// </summary>
    public static bool MayBeTold(IReadOnlyList<VisitState> states, string task)
    {
        var now = states[^1];
        if (!now.Moments.TryGetValue(task, out var moment))
            return false;
        var held = new Dictionary<string, DateTimeOffset>();
        DateTimeOffset? last = null;
        foreach (var earlier in Tasks.TakeWhile(t => t != task).Skip(1))
        {
            // The earliest that fits leaves most room for what follows.
            var fitting = states.Where(s => s.Moments.ContainsKey(earlier)).Select(s => s.Moments[earlier])
                .Where(m => IsOn(m, now.ServiceDate) && (last is null || m > last)).Order().Take(1).ToList();
            if (fitting.Count == 0)
                return false;
            last = held[earlier] = fitting[0];
        }

        held[task] = moment;
        // The desktop may have told BPJS before it hears that it did.
        return Judge(now with { ToldByDesktop = true }, held).Any(v => v.Task == task && v.Standing is Standing.Sendable or Standing.ByDesktop);
    }

    private static (Standing Standing, string? Reason)? WholeVisit(VisitState visit)
    {
        if (visit.Gone)
            return (Standing.Cancelled, "GONE_FROM_KHANZA");
        if (visit.Cancelled)
            return (Standing.Cancelled, "CANCELLED_IN_KHANZA");
        return visit.Obstacle is { } obstacle ? (Standing.Held, obstacle) : null;
    }

    private static (Standing Standing, string? Reason) Single(VisitState visit, string task, DateTimeOffset moment, TaskVerdict? before, bool gap)
    {
        if (task == Tasks[0])
        {
            return visit.Kind != VisitKind.OnSiteJkn ? (Standing.Sendable, null)
                : visit.ToldByDesktop ? (Standing.ByDesktop, null)
                : (Standing.Held, "REGISTER_NOT_SENT");
        }

        if (gap || before is null)
            return (Standing.Held, "PREDECESSOR_MISSING");
        if (before.Standing is Standing.Held or Standing.Cancelled)
            return (Standing.Held, before.Task == Tasks[0] ? "REGISTER_NOT_SENT" : "PREDECESSOR_MISSING");
        if (visit.NeedsAdmission)
            return (Standing.Held, "NEW_PATIENT_NEEDS_ADMISSION_TASKS");
        if (!IsOn(moment, visit.ServiceDate))
            return (Standing.Held, "TIME_WRONG_DAY");
        // REGISTER's own moment is not sent, so nothing has to be later than it.
        return before.Task != Tasks[0] && moment <= before.Moment ? (Standing.Held, "TIME_NOT_LATER") : (Standing.Sendable, null);
    }

    private static bool IsOn(DateTimeOffset moment, DateOnly day) => DateOnly.FromDateTime(moment.DateTime) == day;
}
