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
public sealed record VisitState(
    VisitKind Kind,
    bool ClinicExcluded,
    bool ClinicMapped,
    DateOnly ServiceDate,
    bool Cancelled,
    bool ToldByDesktop,
    IReadOnlyDictionary<string, DateTimeOffset> Moments);

/// <summary>
/// The hospital's own statement of what may be told to BPJS, written from the public rules of Antrean RS and not from the
/// bridge's code, so that the two can disagree: in order, each moment later than the one before, on the day of service,
/// nothing invented, nothing for the emergency unit, nothing for a clinic without a code.
/// </summary>
public static class SendingRules
{
    /// <summary>The tasks the bridge reports, in order; the first is the registration.</summary>
    public static IReadOnlyList<string> Tasks { get; } = ["1", "3", "4", "5"];

    /// <summary>One verdict for each task that has a moment.</summary>
    public static IReadOnlyList<TaskVerdict> Judge(VisitState visit)
    {
        var blocked = WholeVisit(visit);
        var verdicts = new List<TaskVerdict>(Tasks.Count);
        TaskVerdict? before = null;
        var gap = false;
        foreach (var task in Tasks)
        {
            if (!visit.Moments.TryGetValue(task, out var moment))
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

    private static (Standing Standing, string? Reason)? WholeVisit(VisitState visit)
    {
        if (visit.Cancelled)
            return (Standing.Cancelled, "CANCELLED_IN_KHANZA");
        if (visit.ClinicExcluded)
            return (Standing.Held, "CLINIC_EXCLUDED");
        // A booking of the app carries BPJS's own codes, so the hospital's mapping does not matter for it.
        if (!visit.ClinicMapped && visit.Kind != VisitKind.MobileJkn)
            return (Standing.Held, "CLINIC_UNMAPPED");
        return null;
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
        if (DateOnly.FromDateTime(moment.DateTime) != visit.ServiceDate)
            return (Standing.Held, "TIME_WRONG_DAY");
        // REGISTER's own moment is not sent, so nothing has to be later than it.
        return before.Task != Tasks[0] && moment <= before.Moment ? (Standing.Held, "TIME_NOT_LATER") : (Standing.Sendable, null);
    }
}
