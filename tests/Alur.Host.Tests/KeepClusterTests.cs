using System.Collections.Concurrent;
using Alur.Host.Startup;
using Alur.Platform.Postgres;
using Alur.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Alur.Host.Tests;

public sealed class KeepClusterTests
{
    [Fact]
    public async Task What_nobody_foresaw_is_said_once_and_the_database_is_still_started_again()
    {
        await using var data = new EmbeddedDirectory();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Postgres:Directory", data.Path)]).Build();
        await using var session = await DatabaseSession.Open(configuration, asHost: true, CancellationToken.None);
        await PrivateCluster.Stop(session.Embedded!, CancellationToken.None);
        var odd = Directory.CreateDirectory(Path.Combine(data.Path, "pgdata", "postmaster.pid")); // a file, everywhere else
        var lines = new Lines();
        using var keeper = new KeepCluster(lines) { Interval = TimeSpan.FromMilliseconds(50) };
        keeper.Watch(session);
        Assert.False(await keeper.RunOnce(CancellationToken.None));
        Assert.False(await keeper.RunOnce(CancellationToken.None));
        await keeper.StartAsync(CancellationToken.None);

        odd.Delete();
        await Eventually.True(() => lines.All.Contains("Warning The embedded database had ended and was started again"));
        await keeper.StopAsync(CancellationToken.None);

        Assert.Single(lines.All, line => line.StartsWith("Error The embedded database does not run", StringComparison.Ordinal));
        Assert.True(PrivateCluster.IsAlive(data.Path));
    }

    private sealed class Lines : ILogger<KeepCluster>
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> All => _lines;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel} {formatter(state, exception)}");
    }
}
