using System.Globalization;

namespace Alur.Platform.Postgres;

/// <summary>
/// Tells a live server of this data directory from a stale or reused process id, by <c>/proc/PID/cmdline</c>:
/// <c>pg_ctl status</c> answers yes for foreign processes too.
/// </summary>
internal static class ServerProcesses
{
    /// <summary>The server's process id if <c>postmaster.pid</c> names a live server of this data directory.</summary>
    public static int? Live(ClusterPlace place) =>
        FirstLineAsPid(place.PidFile) is { } pid && IsServerOf(place, CommandLine(pid)) ? pid : null;

    /// <summary>Any process of this cluster, found without trusting a pid file: the server itself or children it left behind.</summary>
    public static IReadOnlyList<int> All(ClusterPlace place) =>
        [.. from directory in Directory.EnumerateDirectories("/proc")
            let pid = int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var p) ? p : 0
            where pid > 0
            let line = CommandLine(pid)
            where IsServerOf(place, line) || line is [var title, ..] && title.StartsWith($"postgres: {place.ClusterName}: ", StringComparison.Ordinal)
            select pid];

    /// <summary>
    /// Removes what a dead server left: its pid file, socket and socket lock. Waits up to <paramref name="wait"/> for orphaned children,
    /// which leave by themselves once they notice that their server died.
    /// </summary>
    public static async Task ClearStale(ClusterPlace place, TimeSpan wait, CancellationToken ct)
    {
        var deadline = DateTimeOffset.UtcNow + wait;
        while (All(place) is { Count: > 0 } alive)
        {
            if (DateTimeOffset.UtcNow > deadline)
            {
                throw new PostgresUnavailableException("POSTGRES_ORPHANS", $"Processes of a dead database server still use {place.Data}: {string.Join(", ", alive)}. End them and start again.");
            }

            await Task.Delay(100, ct);
        }

        File.Delete(place.PidFile);
        File.Delete(Path.Combine(place.SocketDirectory, ".s.PGSQL.5432"));
        File.Delete(Path.Combine(place.SocketDirectory, ".s.PGSQL.5432.lock"));
    }

    private static bool IsServerOf(ClusterPlace place, string[] line) =>
        line.Length > 1 && Path.GetFileName(line[0]) is "postgres" or "postmaster" && line.Contains(place.Data);

    private static int? FirstLineAsPid(string file)
    {
        try
        {
            return int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (IOException)
        {
            return null; // no server, or one that is just writing it
        }
    }

    private static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // ended meanwhile
        }
    }
}
