using Alur.Platform.Data;
using Alur.Platform.Postgres;

namespace Alur.Host.Startup;

/// <summary>
/// The database of this installation: the configured server, or the embedded one, started or adopted. A verb that had to start the
/// embedded one stops it again at its end, unless a host has taken it over meanwhile.
/// </summary>
internal sealed class DatabaseSession : IAsyncDisposable
{
    private readonly ClusterOptions? _embedded;
    private readonly RunningCluster? _cluster;
    private readonly HostLock? _hostLock;

    private DatabaseSession(string app, string? owner) => (App, Owner) = (app, owner);

    private DatabaseSession(ClusterOptions embedded, RunningCluster cluster, HostLock? hostLock)
        : this(cluster.AppConnectionString, cluster.OwnerConnectionString) => (_embedded, _cluster, _hostLock) = (embedded, cluster, hostLock);

    /// <summary>Connection string of the runtime role.</summary>
    public string App { get; }

    /// <summary>Connection string of the owner; null: this program must not migrate.</summary>
    public string? Owner { get; }

    /// <summary>Where the data is, for people.</summary>
    public string Place => _cluster is null ? "PostgreSQL of ConnectionStrings:Alur" : $"{_cluster}{(_cluster.Adopted ? ", was running already" : "")}";

    /// <summary>The embedded cluster's options; null with a configured server.</summary>
    public ClusterOptions? Embedded => _embedded;

    /// <summary>The embedded cluster's directory; null with a configured server.</summary>
    public string? Directory => _cluster?.Directory;

    /// <summary>Opens it for a host (alone on its directory) or for a verb that comes and goes.</summary>
    public static async Task<DatabaseSession> Open(IConfiguration configuration, bool asHost, CancellationToken ct)
    {
        if (configuration.GetConnectionString("Alur") is { } app)
        {
            return new DatabaseSession(app, configuration.GetConnectionString("AlurOwner"));
        }

        var settings = configuration.GetSection(PostgresOptions.Section).Get<PostgresOptions>() ?? new PostgresOptions();
        var options = new ClusterOptions(HostSettings.Root, settings.Name) { Directory = settings.Directory, MaxConnections = settings.MaxConnections };
        var hostLock = asHost ? await HostLock.Take((await ClusterPlace.Prepare(options, ct)).Directory, ct) : null;
        try
        {
            return new DatabaseSession(options, await PrivateCluster.EnsureRunning(options, ct), hostLock);
        }
        catch
        {
            hostLock?.Dispose();
            throw;
        }
    }

    /// <summary>The migrator, or a refusal that says what is missing.</summary>
    public Migrator Migrator() => new(
        Owner ?? throw Refusal.Configuration(["ConnectionStrings:AlurOwner is missing: the role of ConnectionStrings:Alur cannot migrate"]),
        AlurModules.Migrations);

    public async ValueTask DisposeAsync()
    {
        if (_embedded is not null && _hostLock is not null)
        {
            await PrivateCluster.Stop(_embedded, CancellationToken.None);
            _hostLock.Dispose();
        }
        else if (_embedded is not null && !_cluster!.Adopted)
        {
            await StopUnlessTaken(_embedded, _cluster.Directory);
        }
    }

    private static async Task StopUnlessTaken(ClusterOptions embedded, string directory)
    {
        try
        {
            using var alone = await HostLock.Take(directory, CancellationToken.None, wait: TimeSpan.Zero);
            await PrivateCluster.Stop(embedded, CancellationToken.None);
        }
        catch (PostgresUnavailableException e) when (e.Code == "HOST_ALREADY_RUNNING")
        {
            // A host came while we worked and uses the server now.
        }
    }
}
