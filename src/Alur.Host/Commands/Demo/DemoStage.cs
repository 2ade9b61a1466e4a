using System.Collections.Immutable;
using System.Globalization;
using Alur.Host.Startup;
using Alur.MariaDb;
using Alur.Platform.Postgres;
using Alur.Simulators.Khanza;
using Alur.Simulators.MariaDb;

namespace Alur.Host.Commands.Demo;

/// <summary>
/// Everything the demo stands on: a directory of its own, a private PostgreSQL and a private MariaDB in it, and the processes it
/// starts. Always fresh: what an earlier demo left, running or not, is ended and removed first.
/// </summary>
internal sealed class DemoStage : IAsyncDisposable
{
    private const string HostLockFile = "host.lock";
    private const string HostPidFile = "host.pid";

    private readonly HostLock _lock;
    private readonly ClusterOptions _postgres;
    private ImmutableList<DemoChild> _children = [];

    private DemoStage(string directory, HostLock taken, ClusterOptions postgres) => (Directory, _lock, _postgres) = (directory, taken, postgres);

    /// <summary>Holds data and logs.</summary>
    public string Directory { get; }

    public RunningCluster Postgres { get; private set; } = null!;

    public MariaDbServer MariaDb { get; private set; } = null!;

    /// <summary>The hospital's database with its two accounts: the desktop's and the one for reading.</summary>
    public MariaDbDatabase Khanza { get; private set; } = null!;

    /// <summary>Leave everything running at the end.</summary>
    public bool Keep { get; set; }

    public IReadOnlyList<DemoChild> Children => _children;

    private string PostmasterFile => Path.Combine(Directory, "pgdata", "postmaster.pid");

    private MariaDbServerOptions MariaDbOptions => new(Path.Combine(Directory, "mariadb")) { ExtraArguments = ["--default-time-zone=+07:00"] };

    /// <summary>Takes the place, clears it and starts both servers with an empty Khanza schema.</summary>
    /// <param name="name">Of its directory under <c>data</c>.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="fork">With tables as some hospitals have changed them.</param>
    /// <exception cref="Refusal">Another demo is running.</exception>
    public static async Task<DemoStage> Prepare(string name, CancellationToken ct, bool fork = false)
    {
        var postgres = new ClusterOptions(HostSettings.Root, name);
        var directory = (await ClusterPlace.Prepare(postgres, ct)).Directory;
        var stage = new DemoStage(directory, await Take(directory, ct), postgres);
        try
        {
            await stage.EndEverything();
            stage.RemoveData();
            var mariaDb = MariaDbServer.EnsureRunning(stage.MariaDbOptions, ct);
            stage.Postgres = await PrivateCluster.EnsureRunning(postgres, ct);
            stage.MariaDb = await mariaDb;
            stage.Khanza = await stage.MariaDb.CreateDatabase("sik", ct: ct);
            await using var desktop = new MariaDbDataSource(stage.Khanza.Writer);
            await KhanzaSchema.Create(desktop, ct);
            if (fork)
                await KhanzaSchema.Fork(desktop, ct);
            return stage;
        }
        catch (Exception e)
        {
            await stage.DisposeAsync();
            throw e is MariaDbUnavailableException ? new Refusal(CommandLine.Failed, "MARIADB_UNAVAILABLE", [e.Message]) : e;
        }
    }

    /// <summary>Starts one process of the demo.</summary>
    public DemoChild Start(string name, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var child = DemoChild.Start(Directory, name, settings, arguments);
        ImmutableInterlocked.Update(ref _children, children => children.Add(child));
        return child;
    }

    /// <summary>kill -9 of one process.</summary>
    public async Task Kill(DemoChild child)
    {
        Forget(child);
        await child.Kill();
    }

    /// <summary>A process that has ended, and may have.</summary>
    public void Forget(DemoChild child) => ImmutableInterlocked.Update(ref _children, children => children.Remove(child));

    /// <summary>Stops Khanza's database in order; whoever reads or writes it from now on is refused.</summary>
    public Task StopKhanza(CancellationToken ct) => MariaDbServer.Stop(MariaDbOptions, ct);

    /// <summary>Starts Khanza's database unless it runs.</summary>
    public async Task StartKhanza(CancellationToken ct) => MariaDb = await MariaDbServer.EnsureRunning(MariaDbOptions, ct);

    /// <summary>Stops our own database in order: every session is cut.</summary>
    public Task StopPostgres(CancellationToken ct) => PrivateCluster.Stop(_postgres, ct);

    /// <summary>The server process of our own database; null when there is none.</summary>
    public int? Postmaster => File.Exists(PostmasterFile) && int.TryParse(File.ReadLines(PostmasterFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid) ? pid : null;

    /// <summary>Starts our own database unless it runs.</summary>
    public async Task StartPostgres(CancellationToken ct) => Postgres = await PrivateCluster.EnsureRunning(_postgres, ct);

    /// <summary>Everything that runs, in the order in which it may be ended.</summary>
    public IReadOnlyList<int> ProcessIds() =>
        [.. Enumerable.Reverse(_children).Where(c => !c.HasEnded).Select(c => c.Pid), MariaDb.ProcessId, .. Postmaster is { } postmaster ? [postmaster] : Array.Empty<int>()];

    /// <summary>Ends what was started and removes the data, unless it is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Keep)
        {
            await EndEverything();
            RemoveData();
        }

        _lock.Dispose();
    }

    private static async Task<HostLock> Take(string directory, CancellationToken ct)
    {
        try
        {
            return await HostLock.Take(directory, ct, wait: TimeSpan.FromSeconds(2));
        }
        catch (PostgresUnavailableException e) when (e.Code == "HOST_ALREADY_RUNNING")
        {
            var holder = Path.Combine(directory, HostPidFile);
            var pid = File.Exists(holder) ? $" (process {(await File.ReadAllTextAsync(holder, ct)).Trim()})" : "";
            throw new Refusal(CommandLine.Failed, "DEMO_RUNNING",
                [$"A demo is running here already{pid}. Wait for its end or press Ctrl-C there; two at a time would share {directory}."]);
        }
    }

    // Found by the mark on their command line, so that a demo that was killed leaves nothing behind for good.
    private async Task EndEverything()
    {
        // The server first: it must not meet a database or a BPJS that has gone.
        foreach (var pid in Marked().Concat(_children.Select(c => c.Pid).Where(pid => DemoChild.IsOurs(pid, Directory))).Distinct().ToList())
            await DemoChild.Stop(pid);
        await MariaDbServer.Stop(MariaDbOptions);
        await PrivateCluster.Stop(_postgres, CancellationToken.None);
    }

    private IEnumerable<int> Marked() =>
        from path in System.IO.Directory.EnumerateDirectories("/proc")
        let pid = int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var number) ? number : 0
        where pid > 0 && pid != Environment.ProcessId && DemoChild.IsOurs(pid, Directory)
        orderby pid descending
        select pid;

    private void RemoveData()
    {
        foreach (var entry in new DirectoryInfo(Directory).EnumerateFileSystemInfos().Where(e => e.Name is not (HostLockFile or HostPidFile)))
        {
            if (entry is DirectoryInfo directory)
                directory.Delete(recursive: true);
            else
                entry.Delete();
        }
    }
}
