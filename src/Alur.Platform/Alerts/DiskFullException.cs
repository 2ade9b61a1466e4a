namespace Alur.Platform.Alerts;

/// <summary>Work was not begun because the disk of the database is almost full.</summary>
public sealed class DiskFullException(string message) : IOException(message);
