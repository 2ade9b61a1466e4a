using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Alur.MariaDb.Native;

/// <summary>Finds MariaDB Connector/C. The distribution installs no unversioned name without its -dev package, so the
/// versioned one is asked for.</summary>
internal static class LibraryLocation
{
    internal const string FileName = "libmariadb.so.3";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The resolver must stand before the first import, whichever type is touched first.")]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(LibraryLocation).Assembly, Resolve);

    internal static nint Load(string fileName) =>
        NativeLibrary.TryLoad(fileName, out nint library)
            ? library
            : throw new DllNotFoundException(
                $"MariaDB Connector/C ({fileName}) is not installed. Install the package 'libmariadb3' (Debian, Ubuntu) or 'mariadb-connector-c' (others).");

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        string.Equals(name, LibMariaDb.Library, StringComparison.Ordinal) ? Load(FileName) : 0;
}
