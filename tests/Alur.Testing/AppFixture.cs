using Xunit;

namespace Alur.Testing;

/// <summary>One <see cref="AlurApp"/> for all tests of a class: <c>IClassFixture&lt;AppFixture&gt;</c>.</summary>
public sealed class AppFixture : IAsyncLifetime
{
    private AlurApp? _app;

    public AlurApp App => _app ?? throw new InvalidOperationException("The fixture has not been initialised.");

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => _app = await AlurApp.Start();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
