using Alur.Platform.Postgres;
using Alur.Testing;

namespace Alur.Host.Tests;

/// <summary>A directory for an embedded database of one test; what runs in it is stopped and it is deleted afterwards.</summary>
internal sealed class EmbeddedDirectory : IAsyncDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("alur host ").FullName;

    public EmbeddedDirectory() =>
        File.SetUnixFileMode(_parent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);

    /// <summary>A path with spaces.</summary>
    public string Path => System.IO.Path.Combine(_parent, "the data");

    /// <summary>Arguments of <c>serve</c> on this directory and a free port.</summary>
    public string[] Serve => ["serve", "--set", $"Postgres:Directory={Path}", "--set", "urls=http://127.0.0.1:0"];

    /// <summary>Arguments of another verb on this directory.</summary>
    public string[] With(params string[] verb) => [.. verb, "--set", $"Postgres:Directory={Path}"];

    public async ValueTask DisposeAsync()
    {
        await PrivateCluster.Stop(new ClusterOptions(Checkout.Root, "host-test") { Directory = Path }, CancellationToken.None);
        Directory.Delete(_parent, recursive: true);
    }
}
