namespace Alur.Antrean.Board;

/// <summary>What the page of a visit shows.</summary>
/// <param name="VisitId">Khanza's no_rawat.</param>
/// <param name="At">The hospital.</param>
/// <param name="Visit">As read from Khanza; null while only tasks of it were seen.</param>
/// <param name="Facts">The same in words.</param>
/// <param name="Tasks">In order of the catalogue.</param>
/// <param name="History">Latest first.</param>
/// <param name="Attempts">Calls to BPJS, latest first.</param>
internal sealed record VisitDetail(
    string VisitId, ListSites.Site At, VisitEvent? Visit, VisitFacts Facts, IReadOnlyList<WorkItem> Tasks, IReadOnlyList<GetVisitHistory.Entry> History,
    IReadOnlyList<ListLogs.LogRow> Attempts)
{
    /// <summary>What stands in the way, each cause once with all the tasks it stops, in the order of the tasks.</summary>
    public IEnumerable<ToDo> ToDo => Stopped.GroupBy(stop => (stop.Cause, stop.Said), (why, stops) => new ToDo(why.Cause, [.. stops.Select(stop => stop.Task)], why.Said));

    /// <summary>The history with what happened to several tasks at the same moment and for the same reason in one entry.</summary>
    public IEnumerable<Happened> Happenings
    {
        get
        {
            List<Happened> all = [];
            foreach (var entry in History)
            {
                if (all is [.., var last] && last.Takes(entry))
                {
                    all[^1] = last with { Tasks = [entry.Task, .. last.Tasks] }; // latest first, and within a moment the first task first
                }
                else
                {
                    all.Add(new Happened(entry, [entry.Task]));
                }
            }

            return all;
        }
    }

    private IEnumerable<(Cause Cause, string Task, string? Said)> Stopped =>
    [
        .. Facts.Blocked.Where(_ => Tasks.All(task => task.Task != "1")).Select(reason => (Causes.Of(reason), "1", (string?)null)),
        .. Tasks.Where(task => task.Shown == "held").Select(task => (Causes.Of(task.Reason!), task.Task, (string?)null)),
        .. Tasks.Where(task => task.Shown == "failed").Select(task => (Causes.Of(Causes.Failed), task.Task, task.FailedReason)),
    ];
}

/// <summary>What stands in the way of one or more tasks.</summary>
/// <param name="Cause">What it is, what to do and who can.</param>
/// <param name="Tasks">Codes of the tasks that it stops.</param>
/// <param name="Said">What BPJS or the network said, of a failed one.</param>
internal sealed record ToDo(Cause Cause, IReadOnlyList<string> Tasks, string? Said);

/// <summary>One line of the history.</summary>
/// <param name="Entry">The first of it.</param>
/// <param name="Tasks">Codes of the tasks that it happened to.</param>
internal sealed record Happened(GetVisitHistory.Entry Entry, IReadOnlyList<string> Tasks)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    /// <summary>Whether another entry says the same of another task. What has moments of its own, which differ, is never put together.</summary>
    public bool Takes(GetVisitHistory.Entry other) =>
        Entry.Event is "HELD" or "RELEASED" or "QUEUED" or "WITHDRAWN" && !Tasks.Contains(other.Task) && Entry.RecordedAt - other.RecordedAt < AtOnce
        && (other.Event, other.Reason, other.Actor) == (Entry.Event, Entry.Reason, Entry.Actor);
}
