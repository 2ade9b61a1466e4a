namespace Alur.Platform.Data;

/// <summary>A migration cannot be applied or reverted; nothing of the failing one stays behind unless it runs outside transactions.</summary>
public sealed class MigrationFailedException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Upper-case words, such as <c>MIGRATION_EDITED</c>; never changes once published.</summary>
    public string Code { get; } = code;
}
