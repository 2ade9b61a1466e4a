namespace Alur.Platform.Configuration;

/// <summary>What a module says of itself when the server starts, registered by it; without secrets.</summary>
/// <param name="Text">One line in English, as the others of the start.</param>
public sealed record OpeningLine(string Text);
