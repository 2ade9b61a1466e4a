using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Alur.Platform.Postgres;

/// <summary>
/// Where a private server keeps its files: <c>data/NAME</c> in the checkout if the server's user can reach it, else
/// <c>/var/lib/alur/HASH/NAME</c> (a checkout under /root, for instance). Inside: data, log, run (the socket), secrets, locks.
/// </summary>
public sealed record ClusterPlace(string Directory)
{
    // sockaddr_un holds 108 bytes, the closing NUL included.
    private const int LongestSocketPath = 106;
    private const string SocketName = "/.s.PGSQL.5432";
    private const UnixFileMode OpenToAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    internal string Data => Path.Combine(Directory, "pgdata");

    internal string Log => Path.Combine(Directory, "log");

    internal string Secrets => Path.Combine(Directory, "secrets.json");

    internal string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>Shown in the title of every server process, so that orphans can be told from other servers.</summary>
    internal string ClusterName => $"alur-{ShortHash(Data)}";

    /// <summary>In our directory if the path fits a socket address and neither PostgreSQL nor the driver would split it; else a short private one.</summary>
    internal string SocketDirectory
    {
        get
        {
            var here = Path.Combine(Directory, "run");
            var fits = Encoding.UTF8.GetByteCount(here + SocketName) <= LongestSocketPath && here.IndexOfAny([',', '"', '\'', ';', '\n']) < 0;
            var common = ServerUser.IsOther && System.IO.Directory.Exists("/run") ? "/run" : "/tmp";
            return fits ? here : $"{common}/alur-{ShortHash(Data)}";
        }
    }

    /// <summary>Decides and makes the directory, open to the server's user.</summary>
    public static async Task<ClusterPlace> Prepare(ClusterOptions options, CancellationToken ct)
    {
        if (options.Directory is { } chosen)
        {
            var place = MakeOpen(Path.GetFullPath(chosen));
            return await ServerUser.CanReach(place, ct)
                ? new ClusterPlace(place)
                : throw new PostgresUnavailableException("DATA_DIR_NOT_REACHABLE", $"The user of the database server cannot reach {place}: a parent directory is closed to it.");
        }

        var local = Path.Combine(Path.GetFullPath(options.Root), "data");
        if (TryMakeOpen(local) && await ServerUser.CanReach(local, ct))
        {
            return new ClusterPlace(MakeOpen(Path.Combine(local, options.Name)));
        }

        MakeOpen("/var/lib/alur");
        var twin = MakeOpen($"/var/lib/alur/{ShortHash(Path.GetFullPath(options.Root))}");
        return new ClusterPlace(MakeOpen(Path.Combine(twin, options.Name)));
    }

    /// <summary>Where a cluster has been made already; null: nowhere. Makes nothing.</summary>
    public static ClusterPlace? Find(ClusterOptions options)
    {
        string[] places = options.Directory is { } chosen ? [Path.GetFullPath(chosen)]
            : [Path.Combine(Path.GetFullPath(options.Root), "data", options.Name), $"/var/lib/alur/{ShortHash(Path.GetFullPath(options.Root))}/{options.Name}"];
        return places.Select(p => new ClusterPlace(p)).FirstOrDefault(p => System.IO.Directory.Exists(p.Data));
    }

    /// <summary>The socket directory, made and ours. In /tmp somebody else may have been first: then it is refused.</summary>
    internal async Task<string> PrepareSocketDirectory(CancellationToken ct)
    {
        var directory = SocketDirectory;
        try
        {
            if (new DirectoryInfo(directory) is { LinkTarget: not null })
            {
                throw new UnauthorizedAccessException("it is a symbolic link");
            }

            await ServerUser.OwnDirectory(directory, ct); // changing the mode of what another user owns fails
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PostgresUnavailableException("SOCKET_DIR_NOT_OURS", $"Cannot use {directory} for the database socket: {e.Message}", e);
        }
    }

    private static bool TryMakeOpen(string directory)
    {
        try
        {
            MakeOpen(directory);
            return true;
        }
        catch (PostgresUnavailableException)
        {
            return false;
        }
    }

    // Explicit mode: with a umask of 077 the server's user could not get through. Only ever applied to directories of ours.
    private static string MakeOpen(string directory)
    {
        try
        {
            if (!System.IO.Directory.Exists(directory))
            {
                System.IO.Directory.CreateDirectory(directory);
                File.SetUnixFileMode(directory, OpenToAll);
            }

            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PostgresUnavailableException("DATA_DIR_NOT_WRITABLE", $"Cannot make {directory}: {e.Message}. Choose another place: --set Postgres:Directory=/path", e);
        }
    }

    private static string ShortHash(string text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12].ToLower(CultureInfo.InvariantCulture);
}
