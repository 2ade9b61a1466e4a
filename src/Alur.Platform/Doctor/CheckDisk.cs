using System.Globalization;

namespace Alur.Platform.Doctor;

/// <summary>Room on the disk of the private database. PostgreSQL stops when it is full.</summary>
internal static class CheckDisk
{
    private const string Code = "postgres.disk";
    private const long Gigabyte = 1L << 30;

    /// <summary>Looks at the disk that holds the directory.</summary>
    public static Finding Of(string directory)
    {
        var disk = new DriveInfo(directory);
        return Judge(directory, disk.AvailableFreeSpace, disk.TotalSize);
    }

    /// <summary>Less than 1 GB stops soon; less than 5 GB on a disk that is nine tenths full wants somebody.</summary>
    internal static Finding Judge(string directory, long free, long total)
    {
        var size = (free / (double)Gigabyte).ToString("0.0", CultureInfo.InvariantCulture);
        var found = new Words($"Sisa disk {size} GB untuk {directory}.", $"{size} GB of disk are free for {directory}.");
        var toDo = new Words(
            "Kosongkan atau perbesar disk itu; PostgreSQL berhenti bila penuh.", "Free or enlarge that disk; PostgreSQL stops when it is full.");
        return free < Gigabyte ? Finding.Wrong(Code, found, toDo)
            : free < 5 * Gigabyte && free < total / 10 ? Finding.Warning(Code, found, toDo)
            : new Finding(Code, FindingLevel.Ok, found);
    }
}
