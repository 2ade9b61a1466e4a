using System.Globalization;

namespace Alur.Platform.Postgres;

/// <summary>
/// Whoever holds it may start the server of a data directory: one host, or for a short while a command. Held until disposed or until the
/// process ends, <c>kill -9</c> included; also between containers that share the directory but do not see each other's processes.
/// </summary>
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
        var held = await FileLock.TryTake(LockFile(directory), wait ?? TimeSpan.FromSeconds(5), ct)
            ?? throw new PostgresUnavailableException(
                "HOST_ALREADY_RUNNING",
                $"Another Alur {Host(directory) ?? "command"} is using {directory}. Stop it first, or give this one a directory of its own: --set Postgres:Directory=/path");
        await File.WriteAllTextAsync(PidFile(directory), Environment.ProcessId.ToString(CultureInfo.InvariantCulture), ct);
        return new HostLock(held, PidFile(directory));
    }

    /// <summary>Takes it at once for a command, which does not count as a host; null when somebody holds it.</summary>
    public static async Task<HostLock?> TryTakeForCommand(string directory, CancellationToken ct)
    {
        if (await FileLock.TryTake(LockFile(directory), TimeSpan.Zero, ct) is not { } held)
        {
            return null;
        }

        File.Delete(PidFile(directory)); // left by a host that was killed
        return new HostLock(held, PidFile(directory));
    }

    /// <summary>The host that holds the directory, in words such as <c>host (process 7)</c>; null when it is no host.</summary>
    public static string? Host(string directory)
    {
        try
        {
            return $"host (process {File.ReadAllText(PidFile(directory)).Trim()})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string LockFile(string directory) => Path.Combine(directory, "host.lock");

    private static string PidFile(string directory) => Path.Combine(directory, "host.pid");

    /// <inheritdoc />
    public void Dispose()
    {
        File.Delete(_holder);
        _lock.Dispose();
    }
}
