using Alur.Platform.Identity;

namespace Alur.Platform.Journal;

/// <summary>Something that happened, as it was recorded.</summary>
/// <param name="Position">Place in the whole journal.</param>
/// <param name="Id">Its name; a UUID of version 7.</param>
/// <param name="Stream">Whose history it is in.</param>
/// <param name="Version">Place in the stream, from 1, without gaps.</param>
/// <param name="Type">Name of its event type.</param>
/// <param name="SchemaVersion">Version of <paramref name="Metadata"/> as it is here, upcast to what this program knows.</param>
/// <param name="Description">For people.</param>
/// <param name="Metadata">A JSON object, or null.</param>
/// <param name="PerformedBy">Who did it.</param>
/// <param name="PerformedAt">When it happened.</param>
/// <param name="RecordedAt">When it was recorded, by the database's clock.</param>
/// <param name="CorrelationId">What it belongs together with.</param>
/// <param name="Corrects">Version, in this stream, of the entry that was wrong.</param>
public sealed record JournalEntry(
    long Position, Guid Id, StreamId Stream, int Version, string Type, int SchemaVersion, string? Description, string? Metadata, Actor PerformedBy,
    DateTimeOffset PerformedAt, DateTimeOffset RecordedAt, Guid? CorrelationId, int? Corrects)
{
    /// <summary>Recorded this much later than it happened, an entry counts as back-dated.</summary>
    public static readonly TimeSpan Promptly = TimeSpan.FromMinutes(5);

    /// <summary>Whether somebody entered it afterwards.</summary>
    public bool BackDated => RecordedAt - PerformedAt > Promptly;
}
