using Alur.Platform.Identity;

namespace Alur.Platform.Journal;

/// <summary>Something that happened, to be recorded. It must not contain what identifies a person: names and numbers live in rows that can be erased.</summary>
/// <param name="Type">Name of a registered <see cref="EventType"/>; it is recorded in that type's present version.</param>
/// <param name="PerformedBy">Who did it; the system itself gives the name of its part. Nothing is recorded anonymously.</param>
/// <param name="PerformedAt">When it happened, to the microsecond; when it was recorded, the database notes by itself.</param>
public sealed record NewEntry(string Type, Actor PerformedBy, DateTimeOffset PerformedAt)
{
    /// <summary>For people; of a correction: why.</summary>
    public string? Description { get; init; }

    /// <summary>A JSON object that fits the type's schema; null: none.</summary>
    public string? Metadata { get; init; }

    /// <summary>What it belongs together with over several streams.</summary>
    public Guid? CorrelationId { get; init; }

    /// <summary>Version, in the same stream, of the entry that was wrong. That one stays; readers see both.</summary>
    public int? Corrects { get; init; }
}

/// <summary>What one stream gets.</summary>
/// <param name="Stream">Which; it is made when it is new.</param>
/// <param name="Entries">In the order of their versions; at least one.</param>
public sealed record StreamAppend(StreamId Stream, IReadOnlyList<NewEntry> Entries)
{
    /// <summary>What the stream must be at, 0 for a stream that must be new; null: whatever it is at.</summary>
    public int? ExpectedVersion { get; init; }

    /// <summary>Whom the stream is about, an id that says nothing by itself. Fixed by the first append.</summary>
    public string? SubjectId { get; init; }
}

/// <summary>What an append did.</summary>
/// <param name="Entries">In the order of the request.</param>
/// <param name="Repeated">The command was carried out before; this is what it did then, and nothing was appended now.</param>
public sealed record Appended(IReadOnlyList<AppendedEntry> Entries, bool Repeated);

/// <summary>Where an entry is now.</summary>
/// <param name="Position">Its place in the whole journal; ascends within a stream, has gaps.</param>
/// <param name="Id">Its name.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Version">Its place in its stream, from 1, without gaps.</param>
/// <param name="RecordedAt">By the database's clock.</param>
public sealed record AppendedEntry(long Position, Guid Id, StreamId Stream, int Version, DateTimeOffset RecordedAt);
