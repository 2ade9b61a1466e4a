namespace Alur.Simulators.MariaDb;

/// <summary>The private MariaDB cannot be used; the message says what a person can do.</summary>
public sealed class MariaDbUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
