using System.Security.Cryptography;
using System.Text;
using Alur.Platform.Postgres;

namespace Alur.Simulators.MariaDb;

/// <summary>The files of a private MariaDB.</summary>
internal sealed record MariaDbPlace(string Directory)
{
    // sockaddr_un holds 108 bytes, the closing NUL included.
    private const int LongestSocketPath = 106;
    private const string SocketName = "mariadb.sock";

    internal string Data => Path.Combine(Directory, "data");

    internal string Log => Path.Combine(Directory, "mariadb.log");

    /// <summary>Written by the server; a launcher that stops it must still compare <c>/proc/PID/cmdline</c> with <see cref="Data"/>.</summary>
    internal string PidFile => Path.Combine(Directory, "mariadb.pid");

    internal string Settings => Path.Combine(Directory, "server.json");

    internal string StartLock => Path.Combine(Directory, "start.lock");

    internal string InitFile => Path.Combine(Directory, "accounts.sql");

    internal string SocketDirectory
    {
        get
        {
            bool fits = Encoding.UTF8.GetByteCount(Path.Combine(Directory, SocketName)) <= LongestSocketPath;
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Data)))[..12];
            string common = ServerUser.IsOther && System.IO.Directory.Exists("/run") ? "/run" : "/tmp";
            return fits ? Directory : $"{common}/alur-mariadb-{hash}";
        }
    }

    internal string Socket => Path.Combine(SocketDirectory, SocketName);

    internal string LogTail() =>
        File.Exists(Log) ? Environment.NewLine + string.Join(Environment.NewLine, File.ReadLines(Log).TakeLast(8)) : "";
}
