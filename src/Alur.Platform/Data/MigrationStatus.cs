namespace Alur.Platform.Data;

/// <summary>One migration as <c>alur migrate status</c> shows it.</summary>
/// <param name="Id">Such as <c>antrean/0001_antrean</c>.</param>
/// <param name="AppliedAt">Null: pending.</param>
/// <param name="Edited">It was applied, and its script has changed since.</param>
/// <param name="Unknown">It is applied, but this program does not have it (an older program on a newer database).</param>
public sealed record MigrationStatus(string Id, DateTimeOffset? AppliedAt, bool Edited = false, bool Unknown = false);
