namespace Alur.Platform.Journal;

/// <summary>Follows the journal for good: its place is kept under its name, and one node at a time lets it go on.</summary>
public interface IJournalFollower
{
    /// <summary>Lower case, such as <c>visits.board</c>; its place in the journal is kept under it.</summary>
    string Name { get; }

    /// <summary>The event types that matter; null: all.</summary>
    IReadOnlyCollection<string>? Types => null;

    /// <summary>Most entries handled at once.</summary>
    int Batch => 500;
}
