using System.Diagnostics;
using System.Text.Json;
using Alur.Platform.Postgres;

namespace Alur.Testing;

/// <summary>
/// A directory of PostgreSQL programs with two major versions: the distribution's, and a newer one that an npm package carries (the server only;
/// <c>pg_dump</c> and <c>pg_restore</c> are the distribution's).
/// </summary>
public sealed class TwoPostgreses : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b111_101_101;

    private TwoPostgreses(int older, int newer)
    {
        (Older, Newer) = (older, newer);
        File.SetUnixFileMode(Root, Open);
        Directory.CreateDirectory(Path.Combine(Root, $"{older}"));
        Directory.CreateSymbolicLink(Path.Combine(Root, $"{older}", "bin"), Path.Combine(ClientPrograms.DefaultRoot, $"{older}", "bin"));
    }

    /// <summary>For <see cref="ClusterOptions.BinariesRoot"/>.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("alur-postgreses-").FullName;

    /// <summary>The distribution's.</summary>
    public int Older { get; }

    /// <summary>The other one.</summary>
    public int Newer { get; }

    /// <summary>At first with the older one alone.</summary>
    public static async Task<TwoPostgreses> Prepare()
    {
        var package = Path.Combine(await Crosscheck.Packages(), "@embedded-postgres", "linux-x64");
        using var described = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(package, "package.json")));
        var newer = int.Parse(described.RootElement.GetProperty("version").GetString()!.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
        var older = Directory.GetDirectories(ClientPrograms.DefaultRoot).Select(d => int.TryParse(Path.GetFileName(d), out var v) ? v : 0).Where(v => v < newer).Max();
        MakeLinks(package);
        return new TwoPostgreses(older, newer);
    }

    /// <summary>From now on the newer one is installed too: as a copy, because root's servers run as somebody who cannot look into root's checkout.</summary>
    public void InstallNewer()
    {
        using var copying = Process.Start("cp", ["-a", Path.Combine(Crosscheck.PackagesDirectory, "@embedded-postgres", "linux-x64", "native"), Path.Combine(Root, $"{Newer}")]);
        copying.WaitForExit();
        if (copying.ExitCode != 0)
        {
            throw new InvalidOperationException("The newer PostgreSQL could not be copied.");
        }
    }

    /// <summary>As when the distribution takes a version away.</summary>
    public void Remove(int version) => Directory.Delete(Path.Combine(Root, $"{version}"), recursive: true);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    // A package cannot carry symbolic links: it lists them. Its own script makes them only where npm may run scripts.
    private static void MakeLinks(string package)
    {
        using var links = JsonDocument.Parse(File.ReadAllText(Path.Combine(package, "native", "pg-symlinks.json")));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var at = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (!Path.Exists(at))
            {
                File.CreateSymbolicLink(at, Path.GetRelativePath(Path.GetDirectoryName(at)!, Path.Combine(package, link.GetProperty("source").GetString()!)));
            }
        }
    }
}
