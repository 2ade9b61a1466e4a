using Alur.Platform.Alerts;

namespace Alur.Platform.Doctor;

/// <summary>Room on the disk of the private database, by the limits at which the server warns and stops reading.</summary>
internal static class CheckDisk
{
    private const string Code = "postgres.disk";

    /// <summary>Looks at the disk that holds the directory.</summary>
    public static Finding Of(string directory, AlertsOptions limits) =>
        Judge(directory, new DriveInfo(directory).AvailableFreeSpace / (1024 * 1024), limits);

    private static string Size(long mebibytes) => mebibytes < 10 * 1024 ? $"{mebibytes} MiB" : $"{mebibytes / 1024} GiB";

    /// <summary>What this much free space, in MiB, means.</summary>
    internal static Finding Judge(string directory, long free, AlertsOptions limits)
    {
        var found = new Words($"Sisa disk {Size(free)} untuk {directory}.", $"{Size(free)} of disk are free for {directory}.");
        var toDo = new Words(
            $"Kosongkan atau perbesar disk itu; di bawah {limits.DiskStopMegabytes} MiB pembacaan Khanza berhenti.",
            $"Free or enlarge that disk; below {limits.DiskStopMegabytes} MiB reading Khanza stops.");
        return free < limits.DiskStopMegabytes ? Finding.Wrong(Code, found, toDo)
            : free < limits.DiskWarnMegabytes ? Finding.Warning(Code, found, toDo)
            : new Finding(Code, FindingLevel.Ok, found);
    }
}
