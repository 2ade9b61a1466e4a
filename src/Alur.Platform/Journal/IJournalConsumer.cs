using Npgsql;

namespace Alur.Platform.Journal;

/// <summary>Builds something of the journal, in PostgreSQL, and misses nothing: each entry is handled once, in order, whatever breaks.</summary>
public interface IJournalConsumer : IJournalFollower
{
    /// <summary>Why it cannot be built anew, as a sentence for people; null: it can.</summary>
    string? StaysBecause => null;

    /// <summary>
    /// Does what follows from the entries, in the transaction in which the place is noted. What it throws stops the consumer until a
    /// person resumes it, and is shown: it must not name patients. What the database says of itself (away, a deadlock) is tried again.
    /// </summary>
    Task Handle(NpgsqlTransaction tx, IReadOnlyList<JournalEntry> entries, CancellationToken ct);

    /// <summary>What <see cref="Handle"/> did is committed: the moment for hints, which may be lost.</summary>
    void Committed()
    {
    }

    /// <summary>Forgets all that it built, before it is built anew.</summary>
    Task Clear(NpgsqlTransaction tx, CancellationToken ct);
}
