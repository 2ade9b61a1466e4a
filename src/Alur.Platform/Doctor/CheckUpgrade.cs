using Alur.Platform.Postgres;

namespace Alur.Platform.Doctor;

/// <summary>Whether a newer PostgreSQL is installed than the one that made the private database: it goes on with its own, until that is taken away.</summary>
internal static class CheckUpgrade
{
    /// <summary>A warning; null when there is nothing newer.</summary>
    public static Finding? Of(string directory, string binariesRoot = ClientPrograms.DefaultRoot)
    {
        var data = new ClusterPlace(directory).Data;
        if (!File.Exists(Path.Combine(data, "PG_VERSION")) || PostgresBinaries.Installed(binariesRoot) is not [var newest, ..])
        {
            return null;
        }

        var made = UpgradePlace.VersionIn(data);
        return newest.Version <= made ? null : Finding.Warning(
            "postgres.upgrade",
            new($"Data dibuat PostgreSQL {made}, dan PostgreSQL {newest.Version} sudah terpasang.", $"The data was made by PostgreSQL {made}, and PostgreSQL {newest.Version} is installed."),
            new($"Sebelum PostgreSQL {made} dihapus: hentikan server, jalankan ./alur db upgrade.", $"Before PostgreSQL {made} is taken away: stop the server, and run ./alur db upgrade."));
    }
}
