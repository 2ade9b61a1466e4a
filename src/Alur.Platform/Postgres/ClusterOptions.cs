namespace Alur.Platform.Postgres;

/// <summary>Which private cluster is meant and how it is run.</summary>
/// <param name="Root">The checkout or installation directory; data lives in its <c>data/</c> if the server's user can get there.</param>
/// <param name="Name">One directory each: <c>main</c>, <c>demo</c>, <c>test</c>, <c>bench</c>.</param>
public sealed record ClusterOptions(string Root, string Name)
{
    /// <summary>Where the cluster lives, decided by the operator; null: decided by <see cref="ClusterPlace"/>.</summary>
    public string? Directory { get; init; }

    /// <summary>False only for data that may be lost at any time (tests).</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Most connections the server accepts.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>Most transactions that wait prepared for a two-phase commit. Alur makes none.</summary>
    public int MaxPreparedTransactions { get; init; }

    /// <summary>Directory that holds one directory per installed major version.</summary>
    public string BinariesRoot { get; init; } = "/usr/lib/postgresql";

    /// <summary>Longest wait for the server to answer, crash recovery included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(90);
}

/// <summary>A private cluster that answers.</summary>
/// <param name="Directory">Where it keeps everything: data, secrets, log.</param>
/// <param name="Version">Major version of PostgreSQL.</param>
/// <param name="Adopted">It was running already, for instance left over by a host that was killed.</param>
/// <param name="OwnerConnectionString">Role <c>alur_owner</c>: owns the schemas, only migrates.</param>
/// <param name="AppConnectionString">Role <c>alur_app</c>: what the server runs as.</param>
/// <param name="AdminConnectionString">The cluster's superuser, for making databases (tests) and backups; never used by the server.</param>
public sealed record RunningCluster(
    string Directory, int Version, bool Adopted, string OwnerConnectionString, string AppConnectionString, string AdminConnectionString)
{
    /// <summary>Leaves the passwords out.</summary>
    public override string ToString() => $"PostgreSQL {Version} in {Directory}";
}
