using System.Diagnostics;
using System.Globalization;
using Alur.Platform.Postgres;

namespace Alur.Simulators.MariaDb;

/// <summary>Finds the server of one data directory by its command line. A pid file is never believed: it may be stale and its number
/// reused.</summary>
internal static class MariaDbProcess
{
    /// <summary>The process id of the server that runs on this data directory, if there is one.</summary>
    internal static int? Find(MariaDbPlace place) =>
        Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 0 && IsServerOf(place, CommandLine(pid)))
            .Select(pid => (int?)pid)
            .FirstOrDefault();

    internal static bool IsAlive(MariaDbPlace place, int pid) => IsServerOf(place, CommandLine(pid));

    /// <summary>SIGTERM: MariaDB's orderly shutdown.</summary>
    internal static Task Terminate(int pid, CancellationToken ct) =>
        ServerUser.Run("/bin/sh", ["-c", "kill -TERM \"$1\"", "sh", pid.ToString(CultureInfo.InvariantCulture)], TimeSpan.FromSeconds(10), ct);

    /// <summary>SIGKILL: what a power cut looks like to its clients.</summary>
    internal static void Kill(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // Ended meanwhile.
        }
    }

    private static bool IsServerOf(MariaDbPlace place, string[] line) =>
        line.Length > 1 && Path.GetFileName(line[0]) is "mariadbd" or "mysqld" && line.Contains($"--datadir={place.Data}") && !line.Contains("--bootstrap");

    private static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
