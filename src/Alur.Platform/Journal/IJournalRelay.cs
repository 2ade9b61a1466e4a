namespace Alur.Platform.Journal;

/// <summary>
/// Tells something outside PostgreSQL of the journal, and misses nothing: each entry at least once, in order. Its place moves only after it has returned, and
/// while it works no transaction is open; so after a crash the same entries come again.
/// </summary>
public interface IJournalRelay : IJournalFollower
{
    /// <summary>
    /// Before each <see cref="Send"/>: cuts off whatever a node that held the lease before may still have in its hands, where the outside has means for that. Only then
    /// it is looked whether this node holds the lease still: so whoever cuts off somebody else holds it or sends nothing.
    /// </summary>
    /// <param name="epoch">Of the lease; grows with every change of node.</param>
    /// <param name="ct">Cancelled when the lease is lost.</param>
    Task Open(long epoch, CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// Returns when all of them have arrived for certain. After an exception, or when it is cancelled because this node no longer holds the lease, the same
    /// entries come again, possibly on another node, so nothing of these may leave this one later. <see cref="RelayWaitsException"/>: tried
    /// again by itself, as is what our database says of itself. Anything else stops the relay at the entry that it is about, until a person resumes it, and is shown: it must not name patients.
    /// </summary>
    Task Send(IReadOnlyList<JournalEntry> entries, CancellationToken ct);
}

/// <summary>Whoever is to be told is away. Nothing is lost; it is tried again without end, ever more seldom.</summary>
/// <param name="message">Why, as people read it on the page of consumers.</param>
/// <param name="inner">What was caught.</param>
public sealed class RelayWaitsException(string message, Exception? inner = null) : Exception(message, inner), Leases.ISpeaksForItself;
