using System.Diagnostics;

namespace Alur.Platform.Alerts;

/// <summary>
/// Watches the free space where the database lives. Before PostgreSQL would have to stop, reading stops: what is queued still goes out, and
/// what was not read stays in Khanza. Knows nothing of a database that another started.
/// </summary>
public sealed class DiskGuard(AlertsOptions options) : IAlertSource
{
    // Another node may be the one that started the database. Where none has looked for a day, it has moved.
    private static readonly TimeSpan Elsewhere = TimeSpan.FromDays(1);

    private readonly Stopwatch _running = Stopwatch.StartNew();
    private string? _directory;

    /// <summary>How much is free there, in bytes. Replaced in tests, because no test may fill a disk.</summary>
    public Func<string, long> FreeBytes { get; set; } = directory => new DriveInfo(directory).AvailableFreeSpace;

    public string Prefix => "disk.";

    /// <summary>How long this node has been running. Replaced in tests, because none may take a day.</summary>
    public Func<TimeSpan>? Uptime { get; set; }

    public bool Looks => _directory is not null || (Uptime?.Invoke() ?? _running.Elapsed) >= Elsewhere;

    /// <summary>Where the database lives; null: elsewhere.</summary>
    public string? Directory => _directory;

    /// <summary>From now on watch this directory; null: the database is elsewhere.</summary>
    public void Watch(string? directory) => _directory = directory;

    /// <summary>Refuses to begin work that brings new rows while there is too little left.</summary>
    /// <exception cref="DiskFullException">Free space is below <see cref="AlertsOptions.DiskStopMegabytes"/>.</exception>
    public void Check()
    {
        if (FreeMegabytes is { } free && free < options.DiskStopMegabytes)
            throw new DiskFullException($"Only {free} MiB of disk are left where the database lives; reading goes on when there are {options.DiskStopMegabytes} MiB again.");
    }

    public Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct) => Task.FromResult<IReadOnlyList<AlertCondition>>(FreeMegabytes switch
    {
        { } free when free < options.DiskStopMegabytes => [Stopped(free)],
        { } free when free < options.DiskWarnMegabytes => [Low(free)],
        _ => [],
    });

    private long? FreeMegabytes => _directory is null ? null : FreeBytes(_directory) / (1024 * 1024);

    private AlertCondition Stopped(long free) => new(
        "disk.full",
        $"Sisa ruang disk tinggal {free} MiB: pembacaan Khanza dihentikan sampai ada lagi {options.DiskStopMegabytes} MiB. Kosongkan disk; tidak ada yang hilang.",
        $"Only {free} MiB of disk are left: reading Khanza has stopped until there are {options.DiskStopMegabytes} MiB again. Free some space; nothing is lost.");

    private AlertCondition Low(long free) => new(
        "disk.low",
        $"Sisa ruang disk tinggal {free} MiB. Di bawah {options.DiskStopMegabytes} MiB pembacaan Khanza berhenti. Kosongkan disk sekarang.",
        $"Only {free} MiB of disk are left. Below {options.DiskStopMegabytes} MiB reading Khanza stops. Free some space now.");
}
