using Alur.Platform.Realtime;
using Alur.Testing;

namespace Alur.Browser.Tests;

/// <summary>The server as pages need it: its sockets work.</summary>
internal static class PagesApp
{
    public static Task<AlurApp> Start(IReadOnlyDictionary<string, string?>? settings = null) => AlurApp.Start(settings, add: services => services.AddSocketLoops());
}

/// <summary>One server for all tests of a class.</summary>
public sealed class PagesFixture : IAsyncLifetime
{
    private AlurApp? _app;

    /// <summary>The server.</summary>
    public AlurApp App => _app!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => _app = await PagesApp.Start();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => App.DisposeAsync();
}
