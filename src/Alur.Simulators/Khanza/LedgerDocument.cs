using System.Text.Json;
using System.Text.Json.Serialization;

namespace Alur.Simulators.Khanza;

/// <summary>One value that was committed to the Khanza database, with the time it stood there.</summary>
/// <param name="Task">1 (the registration), 3, 4 or 5.</param>
/// <param name="Source">Table and column it was written to.</param>
/// <param name="Waktu">The moment as BPJS wants it: milliseconds since 1970, UTC.</param>
/// <param name="FromHospital">Hospital time of the commit.</param>
/// <param name="ToHospital">Hospital time at which it was replaced or removed; null: still there.</param>
/// <param name="FromReal">Real instant of the commit.</param>
/// <param name="ToReal">Real instant at which it was replaced or removed; null: still there.</param>
/// <param name="EverTellable">Whether the rules allowed to tell BPJS of it at any time, by the bridge or by the desktop.</param>
/// <param name="NeverVisible">Allowed only for less than one poll, so that no poller need have seen it.</param>
public sealed record LedgerMoment(
    string Task,
    string Source,
    DateTimeOffset Moment,
    long Waktu,
    DateTimeOffset FromHospital,
    DateTimeOffset? ToHospital,
    DateTimeOffset FromReal,
    DateTimeOffset? ToReal,
    bool EverTellable,
    bool NeverVisible);

/// <summary>Everything the hospital knows of one visit.</summary>
/// <param name="State">As it stands at the time of asking.</param>
public sealed record LedgerVisit(
    string VisitId,
    string Kodebooking,
    VisitKind Kind,
    string Clinic,
    DateOnly ServiceDate,
    Irregularity Irregularity,
    IReadOnlyList<LedgerMoment> Moments,
    VisitState State)
{
    /// <summary>Where each of its tasks stands by that.</summary>
    public IReadOnlyList<TaskVerdict> Now => SendingRules.Judge(State);
}

/// <summary>The Khanza simulator's own book of the day, as answered by <c>GET /_control/ledger</c>.</summary>
public sealed record LedgerDocument(
    DateOnly Day,
    bool Ended,
    IReadOnlyDictionary<Irregularity, int> Irregularities,
    IReadOnlyList<LedgerVisit> Visits);

/// <summary>How far the day is, as answered by <c>GET /_control/progress</c>.</summary>
/// <param name="Visits">Visits that exist in the database by now.</param>
/// <param name="Ended">Every planned step was written and every registration by the desktop is settled.</param>
/// <param name="Error">Why the day broke off; null while all is well.</param>
public sealed record DayProgress(
    DateTimeOffset Hospital,
    int Visits,
    int PlannedVisits,
    int Steps,
    int PlannedSteps,
    int DesktopWaiting,
    bool Ended,
    string? Error);

/// <summary>The wire form of the two documents.</summary>
public static class LedgerJson
{
    /// <summary>Camel case, enums by name.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };
}
