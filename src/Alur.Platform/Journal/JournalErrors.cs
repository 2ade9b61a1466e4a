using System.Globalization;
using Alur.Platform.Results;

namespace Alur.Platform.Journal;

/// <summary>Somebody else has appended to the stream meanwhile: read it again and decide again.</summary>
/// <param name="Stream">Which stream.</param>
/// <param name="CurrentVersion">What it is at now; 0: there is no such stream.</param>
public sealed record VersionConflict(StreamId Stream, int CurrentVersion)
    : Conflict("VERSION_CONFLICT", string.Create(CultureInfo.InvariantCulture, $"Meanwhile there is something newer: version {CurrentVersion}. Read it and try again."));

/// <summary>The same command id came with another request.</summary>
internal sealed record CommandReused() : Conflict("COMMAND_REUSED", "This command id was used for another request. Take a new one for a new request.");

/// <summary>A stream is about somebody else than the request says.</summary>
internal sealed record SubjectConflict() : Conflict("SUBJECT_CONFLICT", "The stream is about another subject.");

/// <summary>A correction names an entry that its stream does not have before it.</summary>
internal sealed record NothingToCorrect() : Invalid("CORRECTED_ENTRY_UNKNOWN", "The stream has no earlier entry of this version.", "corrects");
