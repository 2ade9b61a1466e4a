using System.Diagnostics;
using Alur.Platform.Data;
using Alur.Platform.Doctor;
using Alur.Platform.Postgres;

namespace Alur.Host.Startup;

/// <summary>
/// The database of this installation: the configured server, or the embedded one, started or adopted. A verb that had to start the
/// embedded one stops it again at its end. Only the holder of the host lock starts or stops one; a verb beside a host adopts the host's.
/// </summary>
internal sealed class DatabaseSession : IAsyncDisposable
{
    private static readonly TimeSpan HostPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(60);

    private readonly ClusterOptions? _embedded;
    private readonly RunningCluster? _cluster;
    private readonly HostLock? _hostLock;
    private readonly bool _asHost;

    private DatabaseSession(string app, string? owner) => (App, Owner) = (app, owner);

    private DatabaseSession(ClusterOptions embedded, RunningCluster cluster, HostLock? hostLock, bool asHost)
        : this(cluster.AppConnectionString, cluster.OwnerConnectionString) => (_embedded, _cluster, _hostLock, _asHost) = (embedded, cluster, hostLock, asHost);

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

        var options = Cluster(configuration);
        var directory = (await ClusterPlace.Prepare(options, ct)).Directory;
        return asHost ? await Start(options, await HostLock.Take(directory, ct), asHost, ct) : await OpenBesideOthers(options, directory, ct);
    }

    /// <summary>What there is, without starting or making anything: for a verb that looks at an installation in whatever state it is in.</summary>
    public static async Task<DatabasePlace> Look(IConfiguration configuration, CancellationToken ct)
    {
        if (configuration.GetConnectionString("Alur") is { } app)
        {
            return new DatabasePlace(Directory: null, app);
        }

        var options = Cluster(configuration);
        if (ClusterPlace.Find(options) is not { } place)
        {
            return new DatabasePlace(Directory: null, ConnectionString: null);
        }

        try
        {
            return new DatabasePlace(place.Directory, (await PrivateCluster.FindAnswering(options, ct))?.AppConnectionString);
        }
        catch (PostgresUnavailableException e)
        {
            return new DatabasePlace(place.Directory, ConnectionString: null, new Words(e.Message, e.Message));
        }
    }

    /// <summary>Whether there is one to open, configured or private; nothing is made or started.</summary>
    public static bool Exists(IConfiguration configuration) =>
        configuration.GetConnectionString("Alur") is not null || ClusterPlace.Find(Cluster(configuration)) is not null;

    /// <summary>The private cluster that this configuration means.</summary>
    public static ClusterOptions Cluster(IConfiguration configuration)
    {
        var settings = configuration.GetSection(PostgresOptions.Section).Get<PostgresOptions>() ?? new PostgresOptions();
        return new ClusterOptions(HostSettings.Root, settings.Name) { Directory = settings.Directory, MaxConnections = settings.MaxConnections };
    }

    private static async Task<DatabaseSession> Start(ClusterOptions options, HostLock held, bool asHost, CancellationToken ct)
    {
        try
        {
            return new DatabaseSession(options, await PrivateCluster.EnsureRunning(options, ct), held, asHost);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    // A host's database is adopted; another command, which takes its own along when it ends, is waited for.
    private static async Task<DatabaseSession> OpenBesideOthers(ClusterOptions options, string directory, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (await HostLock.TryTakeForCommand(directory, ct) is { } held)
            {
                return await Start(options, held, asHost: false, ct);
            }

            var host = HostLock.Host(directory);
            if (host is not null && await PrivateCluster.FindAnswering(options, ct) is { } running)
            {
                return new DatabaseSession(options, running, hostLock: null, asHost: false);
            }

            if (waited.Elapsed > (host is null ? CommandPatience : HostPatience))
            {
                throw host is null
                    ? new PostgresUnavailableException("COMMAND_RUNNING", $"Another Alur command is using {directory}. Try again when it has ended.")
                    : new PostgresUnavailableException("HOST_ALREADY_RUNNING", $"Another Alur {host} is using {directory}, and its database cannot be reached from here. Run this where that host runs, or stop it first.");
            }

            await Task.Delay(100, ct);
        }
    }

    /// <summary>The migrator, or a refusal that says what is missing.</summary>
    public Migrator Migrator() => new(
        Owner ?? throw Refusal.Configuration(["ConnectionStrings:AlurOwner is missing: the role of ConnectionStrings:Alur cannot migrate"]),
        AlurModules.Migrations);

    public async ValueTask DisposeAsync()
    {
        if (_embedded is null || _hostLock is null)
        {
            return;
        }

        if (_asHost || !_cluster!.Adopted)
        {
            await PrivateCluster.Stop(_embedded, CancellationToken.None);
        }

        _hostLock.Dispose();
    }
}
