using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>Builds something of the journal, in PostgreSQL, and misses nothing: each entry is handled once, in order, whatever breaks.</summary>
public interface IJournalConsumer
{
    /// <summary>Lower case, such as <c>visits.board</c>; its place in the journal is kept under it.</summary>
    string Name { get; }

    /// <summary>The event types that matter; null: all.</summary>
    IReadOnlyCollection<string>? Types => null;

    /// <summary>Why it cannot be built anew, as a sentence for people; null: it can.</summary>
    string? StaysBecause => null;

    /// <summary>Most entries handled in one transaction.</summary>
    int Batch => 500;

    /// <summary>
    /// Does what follows from the entries, in the transaction in which the place is noted. What it throws stops the consumer until a
    /// person resumes it, and is shown: it must not name patients. What the database says of itself (away, a deadlock) is tried again.
    /// </summary>
    Task Handle(NpgsqlTransaction tx, IReadOnlyList<JournalEntry> entries, CancellationToken ct);

    /// <summary>Forgets all that it built, before it is built anew.</summary>
    Task Clear(NpgsqlTransaction tx, CancellationToken ct);
}
