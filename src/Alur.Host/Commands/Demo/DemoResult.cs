namespace Alur.Host.Commands.Demo;

/// <summary>The server's own counts, from <c>GET /api/antrean/summary</c>.</summary>
internal sealed record OwnCounts(
    int Visits, int Blocked, int Observed, int Sent, int AlreadyThere, int Held, IReadOnlyDictionary<string, int> HeldByReason, int Failed, int Cancelled, int Pending)
{
    /// <summary>Before the first look.</summary>
    public static OwnCounts None { get; } = new(0, 0, 0, 0, 0, 0, new Dictionary<string, int>(), 0, 0, 0);
}

/// <summary>What <c>--json</c> prints. Meanings: <c>observed = sent + held + failed + cancelled + pending</c>, counted by the server;
/// <c>lost</c>, <c>outOfOrder</c>, <c>duplicates</c> and <c>invented</c> come from the two simulators' ledgers alone.</summary>
/// <param name="Visits">Visits at the hospital.</param>
/// <param name="Sendable">Tasks the hospital's ledger says the bridge had to tell.</param>
/// <param name="Forgiven">Repeats of what BPJS had accepted, because the answer was lost or its receiver killed.</param>
/// <param name="Attempts">Calls of add, updatewaktu and batal by the bridge.</param>
/// <param name="ElapsedSeconds">From the opening of the hospital until both ledgers agreed, or were given up.</param>
/// <param name="DeliveriesPerSecond">Acceptances that the bridge achieved, by that time.</param>
/// <param name="HostRssMb">Resident memory of the server process at the end.</param>
internal sealed record DemoResult(
    int Visits,
    int Blocked,
    int Observed,
    int Sent,
    int AlreadyThere,
    int Held,
    int Failed,
    int Cancelled,
    int Pending,
    int Sendable,
    int NeverVisible,
    int Lost,
    int OutOfOrder,
    int Duplicates,
    int Invented,
    int Forgiven,
    int Attempts,
    double ElapsedSeconds,
    double DeliveriesPerSecond,
    double HostRssMb);

/// <summary>Whether the demo succeeded, and in which sentences it did not.</summary>
internal static class Verdict
{
    /// <summary>One sentence for each thing that is wrong; none: the day arrived at BPJS whole and in order.</summary>
    /// <param name="ledgers">The comparison.</param>
    /// <param name="own">The server's counts.</param>
    /// <param name="unseen">What the hospital's own screen told BPJS of visits that were deleted before any poll could see them.</param>
    /// <param name="dayEnded">The day was played to its end.</param>
    public static IReadOnlyList<string> Problems(Comparison ledgers, OwnCounts own, int unseen, bool dayEnded) =>
    [
        .. Unless(dayEnded, "The hospital day did not come to its end."),
        .. Unless(ledgers.Lost == 0, $"{ledgers.Lost} task(s) that should have been told never reached BPJS."),
        .. Unless(ledgers.OutOfOrder == 0, $"{ledgers.OutOfOrder} call(s) came before an earlier step was accepted."),
        .. Unless(ledgers.Duplicates == 0, $"{ledgers.Duplicates} call(s) repeated what BPJS had acknowledged."),
        .. Unless(ledgers.Invented == 0, $"{ledgers.Invented} thing(s) at BPJS that the hospital never had to tell."),
        .. Unless(own.Pending == 0, $"{own.Pending} task(s) were still on their way."),
        .. Unless(own.Sent + unseen == ledgers.Accepted,
            $"The server says it is done with {own.Sent} task(s), BPJS holds {ledgers.Accepted}, {unseen} of them of visits that nobody could see."),
        .. Unless(own.Observed == own.Sent + own.Held + own.Failed + own.Cancelled + own.Pending,
            $"The server's own counts do not add up: {own.Observed} observed, but {own.Sent} sent + {own.Held} held + {own.Failed} failed + {own.Cancelled} cancelled + {own.Pending} pending."),
    ];

    private static string[] Unless(bool good, string problem) => good ? [] : [problem];
}
