namespace Alur.Host.Startup;

/// <summary>Section <c>Postgres</c>: the embedded database, used when <c>ConnectionStrings:Alur</c> is not set.</summary>
internal sealed class PostgresOptions
{
    public const string Section = "Postgres";

    /// <summary>Which of the installation's databases: main, demo, bench.</summary>
    public string Name { get; set; } = "main";

    /// <summary>Where it keeps its files; decided by itself when absent.</summary>
    public string? Directory { get; set; }

    /// <summary>Most connections it accepts.</summary>
    public int MaxConnections { get; set; } = 100;
}
