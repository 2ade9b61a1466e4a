using System.Globalization;

namespace Alur.Platform.Postgres;

/// <summary>The programs of one installed major version.</summary>
internal sealed record PostgresBinaries(int Version, string Directory)
{
    private const int Oldest = 15;

    /// <summary>The version that made the data if it is installed, else the newest.</summary>
    public static PostgresBinaries Find(ClusterOptions options, ClusterPlace place)
    {
        var installed = Installed(options.BinariesRoot);
        if (installed.Count == 0)
        {
            throw new PostgresUnavailableException("POSTGRES_NOT_INSTALLED", $"No PostgreSQL {Oldest} or newer under {options.BinariesRoot}. Install the package postgresql.");
        }

        var versionFile = Path.Combine(place.Data, "PG_VERSION");
        if (!File.Exists(versionFile))
        {
            return installed[0];
        }

        var made = File.ReadAllText(versionFile).Trim();
        return installed.FirstOrDefault(b => b.Version.ToString(CultureInfo.InvariantCulture) == made)
            ?? throw new PostgresUnavailableException("DATA_VERSION_MISMATCH", $"{place.Data} was made by PostgreSQL {made}, installed is {installed[0].Version}. {WhatToDo(made, installed[0].Version)}");
    }

    private static string WhatToDo(string made, int installed) =>
        decimal.TryParse(made, CultureInfo.InvariantCulture, out var version) && version > installed
            ? $"Data never goes back to an older version: install the package postgresql-{made} again. Nothing was changed."
            : $"Install the package postgresql-{made} beside it; then either go on as before, or move the data: ./alur db upgrade. Nothing is lost, and nothing was changed.";

    /// <summary>Absolute path of a program: setpriv may have cleaned PATH.</summary>
    public string Program(string name) => Path.Combine(Directory, name);

    /// <summary>What is installed, the newest first.</summary>
    public static List<PostgresBinaries> Installed(string root) => !System.IO.Directory.Exists(root)
        ? []
        : [.. from directory in System.IO.Directory.GetDirectories(root)
              let version = int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var v) ? v : 0
              where version >= Oldest && File.Exists(Path.Combine(directory, "bin", "postgres"))
              orderby version descending
              select new PostgresBinaries(version, Path.Combine(directory, "bin"))];
}
