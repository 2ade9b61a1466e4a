using System.Globalization;

namespace Alur.Platform.Postgres;

/// <summary>
/// The files of an upgrade: <c>upgrade/</c> beside <c>pgdata</c> holds the new cluster and the file between the two, <c>pgdata.VERSION</c> is the
/// old one, kept. A file <c>ready</c> in <c>upgrade/</c> says that the new cluster was proved to be the same; without it the directory is refuse.
/// </summary>
internal sealed class UpgradePlace(ClusterPlace place)
{
    /// <summary>The cluster in use.</summary>
    public ClusterPlace Place => place;

    /// <summary>The new cluster, while it is being made.</summary>
    public ClusterPlace Next { get; } = new(Path.Combine(place.Directory, "upgrade"));

    public string Dump => Path.Combine(Next.Directory, "alur.dump");

    private string Ready => Path.Combine(Next.Directory, "ready");

    /// <summary>Where the old data of this version is kept.</summary>
    public string Kept(int version) => $"{place.Data}.{version.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The options that mean the new cluster.</summary>
    public ClusterOptions Options(ClusterOptions options) => options with { Directory = Next.Directory };

    /// <summary>
    /// The old data that an exchange has moved already without coming to its end; null: none was begun. A new cluster whose old one is still in use
    /// does not count: somebody may have gone on with the old one since.
    /// </summary>
    public string? FindUnfinishedExchange() => File.Exists(Ready) && !(Directory.Exists(place.Data) && Directory.Exists(Next.Data)) ? FindKept(place) : null;

    /// <summary>Major version of the new cluster, wherever the exchange has it.</summary>
    public int NewVersion => VersionIn(Directory.Exists(Next.Data) ? Next.Data : place.Data);

    /// <summary>The kept data of some version; null: none.</summary>
    public static string? FindKept(ClusterPlace place) =>
        !Directory.Exists(place.Directory) ? null
        : Directory.EnumerateDirectories(place.Directory, Path.GetFileName(place.Data) + ".*")
            .Where(directory => Path.GetExtension(directory) is { Length: > 1 } version && int.TryParse(version[1..], CultureInfo.InvariantCulture, out _))
            .OrderByDescending(VersionOf).FirstOrDefault();

    public static int VersionOf(string kept) => int.Parse(Path.GetExtension(kept)[1..], CultureInfo.InvariantCulture);

    public static int VersionIn(string data) => int.Parse(File.ReadAllText(Path.Combine(data, "PG_VERSION")).Trim(), CultureInfo.InvariantCulture);

    public void RefuseWhereOldDataIsKept(int version)
    {
        if (Directory.Exists(Kept(version)))
        {
            throw new PostgresUnavailableException("OLD_DATA_KEPT", $"{Kept(version)} is there already, from an upgrade before. Delete it, or move it elsewhere, and run this again; nothing was changed.");
        }
    }

    /// <summary>Clears what an interrupted upgrade left, and gives the new cluster the passwords of the old one.</summary>
    public ClusterOptions Begin(ClusterOptions options)
    {
        Clear();
        Directory.CreateDirectory(Next.Directory);
        File.SetUnixFileMode(Next.Directory, File.GetUnixFileMode(place.Directory));
        ClusterSecrets.WritePrivate(Next.Secrets, File.ReadAllText(place.Secrets));
        ClusterSecrets.WritePrivate(Dump, ""); // it will hold patients: closed from its first moment
        return Options(options);
    }

    /// <summary>From here on the new cluster counts. Written through to the disk before anything is moved.</summary>
    public void MarkReady()
    {
        File.Delete(Dump);
        using var mark = File.Create(Ready);
        mark.Flush(flushToDisk: true);
    }

    public void KeepOld(int version)
    {
        if (Directory.Exists(place.Data) && Directory.Exists(Next.Data))
        {
            Directory.Move(place.Data, Kept(version));
        }
    }

    public void TakeNew()
    {
        if (Directory.Exists(Next.Data))
        {
            Directory.Move(Next.Data, place.Data);
        }
    }

    /// <summary>The way back of an exchange that was not proved.</summary>
    public void PutBack(int version)
    {
        Clear();
        Directory.Move(place.Data, place.Data + ".refused");
        Directory.Move(Kept(version), place.Data);
        Directory.Delete(place.Data + ".refused", recursive: true);
    }

    /// <summary>Nothing of the upgrade is left but the old data.</summary>
    public void Clear()
    {
        foreach (var directory in new[] { Next.Directory, Next.SocketDirectory }.Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Bytes of all files below.</summary>
    public static long SizeOf(string directory) => new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
