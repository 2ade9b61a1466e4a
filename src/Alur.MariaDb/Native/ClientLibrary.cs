using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Alur.MariaDb.Native;

/// <summary>One-time start of Connector/C. Its own initialisation is not safe against two threads, so it is done here under
/// the runtime's type lock before any handle is made.</summary>
internal static class ClientLibrary
{
    private const nuint OldestKnownVersion = 30000;

    private static readonly Lazy<bool> Started = new(Start, LazyThreadSafetyMode.ExecutionAndPublication);

    internal static void EnsureStarted() => _ = Started.Value;

    /// <summary>From 3.4 on sockets never block, and time-outs are fixed when a connection is opened (see <see cref="ConnectPatience"/>).</summary>
    internal static bool FixesTimeoutsOnConnecting { get; private set; }

    private static bool Start()
    {
        if (!Environment.Is64BitProcess || !OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Alur.MariaDb knows the memory layout of MariaDB Connector/C on 64-bit Linux only.");
        if (Unsafe.SizeOf<MySqlBind>() != 112 || Unsafe.SizeOf<MySqlField>() != 128 || Unsafe.SizeOf<MySqlTime>() != 40)
            throw new PlatformNotSupportedException("The memory layout of this runtime does not match MariaDB Connector/C.");
        if (LibMariaDb.ServerInit(0, 0, 0) != 0)
            throw new InvalidOperationException("MariaDB Connector/C could not be initialised.");
        nuint version = LibMariaDb.ClientVersion();
        if (version < OldestKnownVersion)
            throw new PlatformNotSupportedException($"MariaDB Connector/C {version} is too old; 3.0 or newer is needed.");
        FixesTimeoutsOnConnecting = OwnVersion() >= new Version(3, 4);
        return true;
    }

    /// <summary>The connector's own version. mysql_get_client_version gives the server's where both were built together.</summary>
    private static unsafe Version OwnVersion() =>
        Version.TryParse(Text(LibMariaDb.ClientInfo()), out Version? version) ? version : new Version(3, 0);

    /// <summary>Text the library owns; it writes UTF-8 or ASCII. Null and empty both give an empty string.</summary>
    internal static unsafe string Text(byte* text) => text is null ? "" : Marshal.PtrToStringUTF8((nint)text) ?? "";
}
