namespace Alur.Simulators.Bpjs;

/// <summary>A booking that was accepted.</summary>
/// <param name="Kodebooking">Booking code.</param>
/// <param name="Tanggalperiksa">Service date.</param>
/// <param name="Jenispasien"><c>JKN</c> or <c>NON JKN</c>.</param>
/// <param name="Sumber">Who sent it: header <c>X-Alur-Sender</c>, <c>bridge</c> without one.</param>
/// <param name="AcceptedAt">By the hospital's clock.</param>
public sealed record BookingEntry(string Kodebooking, DateOnly Tanggalperiksa, string Jenispasien, string Sumber, DateTimeOffset AcceptedAt);

/// <summary>A task that was accepted.</summary>
/// <param name="Kodebooking">Booking code.</param>
/// <param name="Taskid">BPJS task id.</param>
/// <param name="Waktu">The moment the hospital claimed, epoch milliseconds.</param>
/// <param name="Sumber">Who sent it.</param>
/// <param name="AcceptedAt">By the hospital's clock.</param>
public sealed record TaskEntry(string Kodebooking, int Taskid, long Waktu, string Sumber, DateTimeOffset AcceptedAt);

/// <summary>A booking that was cancelled.</summary>
/// <param name="Kodebooking">Booking code.</param>
/// <param name="Keterangan">Reason given.</param>
/// <param name="Sumber">Who cancelled it; <c>peserta</c> for the patient's own app.</param>
/// <param name="AcceptedAt">By the hospital's clock.</param>
public sealed record CancelEntry(string Kodebooking, string Keterangan, string Sumber, DateTimeOffset AcceptedAt);

/// <summary>A call that was refused by a rule (not by a fault); duplicates (208) are no refusals.</summary>
/// <param name="At">By the hospital's clock.</param>
/// <param name="Endpoint">Path called.</param>
/// <param name="Kodebooking">From the request, if it had one.</param>
/// <param name="Taskid">From the request, if it had one.</param>
/// <param name="Waktu">From the request, if it had one.</param>
/// <param name="HttpCode">HTTP status answered.</param>
/// <param name="Code"><c>metadata.code</c> answered.</param>
/// <param name="Message"><c>metadata.message</c> answered.</param>
/// <param name="Sumber">Who called.</param>
public sealed record RefusalEntry(
    DateTimeOffset At, string Endpoint, string? Kodebooking, int? Taskid, long? Waktu, int HttpCode, int Code, string Message, string Sumber);

/// <summary>Any call that came in, in the order in which it took effect.</summary>
/// <param name="Seq">Place in that order, from 1.</param>
/// <param name="At">By the hospital's clock.</param>
/// <param name="EngineAt">By the real clock.</param>
/// <param name="Endpoint">Path called.</param>
/// <param name="Kodebooking">From the request, if it had one.</param>
/// <param name="Taskid">From the request, if it had one.</param>
/// <param name="Waktu">From the request, if it had one.</param>
/// <param name="Outcome"><c>accepted</c> (200 or 208), <c>refused</c>, or <c>fault</c> (nothing was processed).</param>
/// <param name="Duplicate">It was answered 208: BPJS had it before.</param>
/// <param name="AcceptedButAnswerLost">It was processed and accepted, but the caller cannot know, or was killed before it could keep it.</param>
/// <param name="Sumber">Who called.</param>
public sealed record CallEntry(
    long Seq, DateTimeOffset At, DateTimeOffset EngineAt, string Endpoint, string? Kodebooking, int? Taskid, long? Waktu,
    string Outcome, bool Duplicate, bool AcceptedButAnswerLost, string Sumber);

/// <summary>One call whose answer its caller did not live to keep: what it told, of whom, and when at most.</summary>
/// <param name="Endpoint">Path called: a booking and its cancellation differ in nothing else.</param>
/// <param name="Kodebooking">Booking code.</param>
/// <param name="Taskid">BPJS task id; null: the booking itself.</param>
/// <param name="From">It was made then at the earliest, by the real clock.</param>
/// <param name="Until">And took effect then at the latest.</param>
public sealed record UnheardCall(string Endpoint, string Kodebooking, int? Taskid, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Whether a call that took effect then can be this one.</summary>
    public bool Holds(DateTimeOffset at) => From <= at && at <= Until;
}

/// <summary>Calls of one sender.</summary>
/// <param name="Attempts">Calls of <c>antrean/add</c>, <c>updatewaktu</c> and <c>batal</c>, faults included; look-ups are none.</param>
/// <param name="Accepted">Of these, answered 200.</param>
/// <param name="Duplicates">Of these, answered 208.</param>
/// <param name="Refused">Of these, refused by a rule.</param>
/// <param name="Faults">Of these, lost to a fault.</param>
/// <param name="LookUps">Calls of lists.</param>
public sealed record SenderCounts(long Attempts, long Accepted, long Duplicates, long Refused, long Faults, long LookUps);

/// <summary>How much happened so far; cheap enough to ask many times a second.</summary>
/// <param name="Bookings">Bookings accepted.</param>
/// <param name="Tasks">Tasks accepted.</param>
/// <param name="Cancelled">Bookings cancelled.</param>
/// <param name="Refusals">Calls refused by a rule.</param>
/// <param name="Calls">All calls.</param>
/// <param name="BySender">Calls by sender.</param>
public sealed record LedgerCounts(int Bookings, int Tasks, int Cancelled, int Refusals, int Calls, IReadOnlyDictionary<string, SenderCounts> BySender);

/// <summary>Everything that BPJS's stand-in knows of what it was told; nobody else writes it.</summary>
public sealed record BpjsLedger(
    IReadOnlyList<BookingEntry> Bookings,
    IReadOnlyList<TaskEntry> Tasks,
    IReadOnlyList<CancelEntry> Cancelled,
    IReadOnlyList<RefusalEntry> Refusals,
    IReadOnlyList<CallEntry> Calls,
    LedgerCounts Counts);
