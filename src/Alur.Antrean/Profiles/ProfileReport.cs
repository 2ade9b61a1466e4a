using System.Text.Json.Nodes;

namespace Alur.Antrean.Profiles;

/// <summary>Which visits of which hospital are looked at.</summary>
/// <param name="Site">Code of the site.</param>
/// <param name="Days">Visits served on so many whole days before today, which is not over; their number can be another day's.</param>
/// <param name="ServedOn">Instead: the visits that the server has stored for this day of service, as the report counts them; their number can be another day's.</param>
public sealed record ProfileRequest(string Site, int Days, DateOnly? ServedOn = null);

/// <summary>What the columns of a Khanza database tell about the tasks, and which choice of them would complete most visits.</summary>
/// <param name="Site">Code of the site.</param>
/// <param name="First">First day of service that is counted.</param>
/// <param name="Last">Last day of service that is counted; today is not over.</param>
/// <param name="Visits">Out-patient visits served on these days, without cancelled ones and excluded clinics. Every share is of these.</param>
/// <param name="Sources">One entry per task and source that this database has.</param>
/// <param name="Named">The profiles that can be chosen by name, also those whose columns this database has not.</param>
/// <param name="Current">What is configured now; null while nothing was chosen.</param>
/// <param name="Best">The choice that would complete most visits; of equals the one with the fewest sources.</param>
/// <param name="Configuration">What to paste into <c>alur.json</c> for <paramref name="Best"/>.</param>
public sealed record ProfileReport(
    string Site, DateOnly First, DateOnly Last, int Visits, IReadOnlyList<SourceFigures> Sources, IReadOnlyList<ProfileOutcome> Named,
    ProfileOutcome? Current, ProfileOutcome Best, JsonObject Configuration);

/// <summary>How far one column can be relied on for one task.</summary>
/// <param name="Task">Task code.</param>
/// <param name="Source">Table and column, such as <c>mutasi_berkas.dikirim</c>.</param>
/// <param name="Present">Visits with a moment.</param>
/// <param name="Zero">Visits with a value that is no moment: zero and half-zero dates, impossible times.</param>
/// <param name="WrongDay">Visits whose moment is not on the day of service, at the hospital or in Jakarta.</param>
/// <param name="Before">Compared with each source of the task before.</param>
public sealed record SourceFigures(string Task, string Source, int Present, int Zero, int WrongDay, IReadOnlyList<PairFigures> Before);

/// <summary>Two columns that belong to tasks in succession.</summary>
/// <param name="Source">The source of the task before.</param>
/// <param name="Both">Visits that have both moments.</param>
/// <param name="Equal">Of these, equal to the second.</param>
/// <param name="Reversed">Of these, earlier than the task before.</param>
public sealed record PairFigures(string Source, int Both, int Equal, int Reversed);

/// <summary>What a choice of sources would do.</summary>
/// <param name="Name">Name of the profile; null when it has none.</param>
/// <param name="Sources">Sources by task, in order.</param>
/// <param name="Complete">Visits of which registration and every task could be sent.</param>
/// <param name="Obstacles">What stops the others first, most frequent first.</param>
/// <param name="Lacks">Columns, or whole tables, that it needs and this database has not, or the account may not read: a poll with it would break off.</param>
public sealed record ProfileOutcome(
    string? Name, IReadOnlyDictionary<string, IReadOnlyList<string>> Sources, int Complete, IReadOnlyList<Obstacle> Obstacles, IReadOnlyList<string> Lacks);

/// <summary>Why a visit would not be completed.</summary>
/// <param name="Task">The first task that could not be sent; <c>1</c> is the registration.</param>
/// <param name="Reason">Why it would be held; <see cref="NotObserved"/> when no source has a moment.</param>
/// <param name="Visits">How many visits.</param>
public sealed record Obstacle(string Task, string Reason, int Visits)
{
    /// <summary>No source of the task has a moment.</summary>
    public const string NotObserved = "NOT_OBSERVED";
}
