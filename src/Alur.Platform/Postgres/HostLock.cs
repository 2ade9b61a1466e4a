using System.Globalization;

namespace Alur.Platform.Postgres;

/// <summary>One host per data directory. Held until disposed or until the process ends, <c>kill -9</c> included.</summary>
public sealed class HostLock : IDisposable
{
    private readonly FileLock _lock;
    private readonly string _holder;

    private HostLock(FileLock held, string holder) => (_lock, _holder) = (held, holder);

    /// <summary>Takes the lock of the directory.</summary>
    /// <param name="directory">The cluster's directory (<see cref="RunningCluster.Directory"/>).</param>
    /// <param name="ct">Ends the short wait for a holder that is just leaving.</param>
    /// <param name="wait">How long to wait for it; 5 s unless told.</param>
    /// <exception cref="PostgresUnavailableException"><c>HOST_ALREADY_RUNNING</c>, with the other host's process id.</exception>
    public static async Task<HostLock> Take(string directory, CancellationToken ct, TimeSpan? wait = null)
    {
        var holder = Path.Combine(directory, "host.pid");
        var held = await FileLock.TryTake(Path.Combine(directory, "host.lock"), wait ?? TimeSpan.FromSeconds(5), ct);
        if (held is null)
        {
            var pid = File.Exists(holder) ? $" (process {(await File.ReadAllTextAsync(holder, ct)).Trim()})" : "";
            throw new PostgresUnavailableException("HOST_ALREADY_RUNNING", $"Another Alur host{pid} is using {directory}. Stop it first, or give this one its own Postgres:Directory.");
        }

        await File.WriteAllTextAsync(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), ct);
        return new HostLock(held, holder);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        File.Delete(_holder);
        _lock.Dispose();
    }
}
