namespace Alur.Platform.Postgres;

/// <summary>
/// The private PostgreSQL cannot be used: broken infrastructure, with a stable <see cref="Code"/> for programs and a message that
/// says what a person can do.
/// </summary>
public sealed class PostgresUnavailableException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Upper-case words, such as <c>POSTGRES_NOT_INSTALLED</c>; never changes once published.</summary>
    public string Code { get; } = code;
}
