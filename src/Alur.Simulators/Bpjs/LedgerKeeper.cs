namespace Alur.Simulators.Bpjs;

/// <summary>Writes the ledger; guarded by the book's lock. Counts are kept as they grow, never counted.</summary>
internal sealed class LedgerKeeper
{
    private readonly List<BookingEntry> _bookings = [];
    private readonly List<TaskEntry> _tasks = [];
    private readonly List<CancelEntry> _cancelled = [];
    private readonly List<RefusalEntry> _refusals = [];
    private readonly List<CallEntry> _calls = [];
    private readonly Dictionary<(string Endpoint, string? Kodebooking, int? Taskid), int> _times = [];
    private readonly Dictionary<string, SenderCounts> _senders = new(StringComparer.Ordinal);

    public int Nth(CallRead call)
    {
        var key = (call.Endpoint, call.Kodebooking, call.Taskid);
        return _times[key] = _times.GetValueOrDefault(key) + 1;
    }

    public void Booked(BookingEntry entry) => _bookings.Add(entry);

    public void Told(TaskEntry entry) => _tasks.Add(entry);

    public void Cancelled(CancelEntry entry) => _cancelled.Add(entry);

    public void Answered(CallRead call, Answer answer, bool answerLost, DateTimeOffset now)
    {
        var duplicate = answer.Code == 208;
        // An empty list is an answer like any other.
        var accepted = answer.Accepted || answer == DocumentedAnswers.NoContent;
        if (!accepted)
        {
            _refusals.Add(new(now, call.Endpoint, call.Kodebooking, call.Taskid, call.Waktu, answer.Http, answer.Code, answer.Message, call.Sumber));
        }

        Record(call, now, accepted ? "accepted" : "refused", duplicate, answerLost && accepted);
        Count(call, c => (accepted, duplicate) switch
        {
            (true, true) => c with { Duplicates = c.Duplicates + 1 },
            (true, false) => c with { Accepted = c.Accepted + 1 },
            _ => c with { Refused = c.Refused + 1 },
        });
    }

    public void Faulted(CallRead call, DateTimeOffset now)
    {
        Record(call, now, "fault", duplicate: false, answerLost: false);
        Count(call, c => c with { Faults = c.Faults + 1 });
    }

    /// <summary>The latest such call had no listener any more.</summary>
    public void NotHeard(CallRead call)
    {
        var i = _calls.FindLastIndex(c => c.Endpoint == call.Endpoint && c.Kodebooking == call.Kodebooking && c.Taskid == call.Taskid && c.Sumber == call.Sumber);
        if (i >= 0 && _calls[i].Outcome == "accepted")
        {
            _calls[i] = _calls[i] with { AcceptedButAnswerLost = true };
        }
    }

    /// <summary>
    /// The caller died with these calls in hand. Of each only the latest accepted one was not heard: whoever calls again had come back from the one before.
    /// </summary>
    public void CallerDied(string sender, IReadOnlyList<UnheardCall> calls)
    {
        foreach (var unheard in calls.Where(c => CallRead.Tells(c.Endpoint)))
        {
            var i = _calls.FindLastIndex(c => c.Outcome == "accepted" && c.Sumber == sender && unheard.Holds(c.EngineAt)
                && c.Kodebooking == unheard.Kodebooking && c.Taskid == unheard.Taskid && c.Endpoint == unheard.Endpoint);
            if (i >= 0)
                _calls[i] = _calls[i] with { AcceptedButAnswerLost = true };
        }
    }

    public LedgerCounts Counts() => new(
        _bookings.Count, _tasks.Count, _cancelled.Count, _refusals.Count, _calls.Count, new Dictionary<string, SenderCounts>(_senders, StringComparer.Ordinal));

    public BpjsLedger Export() => new([.. _bookings], [.. _tasks], [.. _cancelled], [.. _refusals], [.. _calls], Counts());

    private void Record(CallRead call, DateTimeOffset now, string outcome, bool duplicate, bool answerLost) =>
        _calls.Add(new(_calls.Count + 1, now, DateTimeOffset.UtcNow, call.Endpoint, call.Kodebooking, call.Taskid, call.Waktu, outcome, duplicate, answerLost, call.Sumber));

    private void Count(CallRead call, Func<SenderCounts, SenderCounts> outcome)
    {
        var counts = _senders.GetValueOrDefault(call.Sumber) ?? new(0, 0, 0, 0, 0, 0);
        _senders[call.Sumber] = call.IsCommand ? outcome(counts with { Attempts = counts.Attempts + 1 }) : counts with { LookUps = counts.LookUps + 1 };
    }
}
