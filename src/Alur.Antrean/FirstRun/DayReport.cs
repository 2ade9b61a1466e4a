using System.Text.Json.Serialization;

namespace Alur.Antrean.FirstRun;

/// <summary>Which day of which hospital.</summary>
/// <param name="Site">Code of the site.</param>
/// <param name="Date">Day of service; null: the hospital's today.</param>
public sealed record DayReportRequest(string Site, DateOnly? Date);

/// <summary>
/// What would be sent of one hospital day, by the very verdicts that hold and release tasks; of a site that sends, what is. Every visit is in exactly one
/// of: whole, unfinished, held, failed, cancelled, excluded. No patient is in it.
/// </summary>
/// <param name="Site">Code of the site.</param>
/// <param name="Name">The hospital's name.</param>
/// <param name="Zone">Its time zone.</param>
/// <param name="Mode">observe or send.</param>
/// <param name="Profile">Chosen task profile; null: none, and the day was observed with <c>khanza</c>.</param>
/// <param name="OnSiteJkn">Who registers walk-in BPJS patients: desktop or bridge.</param>
/// <param name="Date">Day of service.</param>
/// <param name="DayOver">It is over, so nothing is added but corrections.</param>
/// <param name="LastPollAt">When Khanza was last read; null: never.</param>
/// <param name="LastPollError">Why the latest poll broke off; null after a good one.</param>
/// <param name="Visits">Visits read.</param>
/// <param name="Whole">Their registration and every task could be sent, or is.</param>
/// <param name="Unfinished">Nothing stands against what was observed, but not every task was.</param>
/// <param name="Held">Something was observed that would not be sent; <paramref name="Reasons"/> say why.</param>
/// <param name="Failed">BPJS refused something, or attempts were used up.</param>
/// <param name="Cancelled">Cancelled, or gone from Khanza.</param>
/// <param name="Excluded">In clinics that are not sent by configuration.</param>
/// <param name="WithoutVisit">Tasks of that day whose visit was not read.</param>
/// <param name="Undated">Visits left out because their <c>tgl_registrasi</c> cannot be read, by the day of their booking or number; see <paramref name="UndatedVisits"/>.</param>
/// <param name="RegisteredByUs">Visits that we would register, or have.</param>
/// <param name="RegisteredByDesktop">Visits that Khanza's own screen is expected to register, or has.</param>
/// <param name="Calls">Calls to BPJS that this makes of us: registrations and tasks.</param>
/// <param name="Tasks">By task, of the visits that are neither cancelled nor excluded.</param>
/// <param name="Reasons">The held visits by what holds them first, most frequent first.</param>
/// <param name="UndatedVisits">The visits left out. One that was read before it lost its date also stands in the figures, as it was.</param>
public sealed record DayReport(
    string Site, string Name, string Zone, string Mode, string? Profile, [property: JsonPropertyName("onsite_jkn")] string OnSiteJkn, DateOnly Date, bool DayOver, DateTimeOffset? LastPollAt, string? LastPollError,
    int Visits, int Whole, int Unfinished, int Held, int Failed, int Cancelled, int Excluded, int WithoutVisit, int Undated, int RegisteredByUs, int RegisteredByDesktop, int Calls,
    IReadOnlyList<TaskFigures> Tasks, IReadOnlyList<HeldFigures> Reasons, IReadOnlyList<LeftOutVisit> UndatedVisits);

/// <summary>Where one task stands in the visits of a day.</summary>
/// <param name="Task">Task code; <c>1</c> is the registration.</param>
/// <param name="Label">Its name.</param>
/// <param name="Observed">Visits in which it was seen.</param>
/// <param name="Sendable">Of these, nothing stands against it: it would be sent, or is about to be.</param>
/// <param name="Sent">Of these, BPJS has it.</param>
/// <param name="Held">Of these, held for whatever reason.</param>
/// <param name="Failed">Of these, refused or out of attempts.</param>
/// <param name="Missing">Visits in which it was not seen, or is no longer there.</param>
public sealed record TaskFigures(string Task, string Label, int Observed, int Sendable, int Sent, int Held, int Failed, int Missing);

/// <summary>Visits that are held for the same reason first.</summary>
/// <param name="Reason">As on the work list.</param>
/// <param name="Visits">How many visits.</param>
/// <param name="Tasks">Tasks that are held in these visits: this one and what waits behind it.</param>
/// <param name="Indonesian">The reason in words.</param>
/// <param name="English">The same in English.</param>
/// <param name="MendedBy">Who can mend it.</param>
/// <param name="Examples">The first ten visits.</param>
public sealed record HeldFigures(
    string Reason, int Visits, int Tasks, string Indonesian, string English, string MendedBy, IReadOnlyList<HeldExample> Examples);

/// <summary>One held visit.</summary>
/// <param name="VisitId">Khanza's no_rawat.</param>
/// <param name="Task">The first task that is held.</param>
/// <param name="Poli">Name of the clinic.</param>
/// <param name="Dokter">Name of the doctor.</param>
/// <param name="Absent">The earlier task that is not in Khanza, if that is what holds it; else null.</param>
public sealed record HeldExample(string VisitId, string Task, string? Poli, string? Dokter, string? Absent);

/// <summary>One visit that is left out.</summary>
/// <param name="VisitId">Khanza's no_rawat.</param>
/// <param name="Poli">Name of the clinic.</param>
/// <param name="Dokter">Name of the doctor.</param>
public sealed record LeftOutVisit(string VisitId, string Poli, string Dokter);
