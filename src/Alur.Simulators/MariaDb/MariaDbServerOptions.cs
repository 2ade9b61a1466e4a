namespace Alur.Simulators.MariaDb;

/// <summary>Which private MariaDB is meant and how it is run.</summary>
/// <param name="Directory">Everything it keeps lives here. Every parent must be open to the server's user
/// (<see cref="Alur.Platform.Postgres.ClusterPlace.Prepare"/> finds such a place).</param>
public sealed record MariaDbServerOptions(string Directory)
{
    /// <summary>Longest wait for the server to answer, installation and crash recovery included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>More options for mariadbd, for example <c>--ssl-cert=…</c>.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];
}
