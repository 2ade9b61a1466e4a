using System.Collections.Concurrent;
using Alur.Platform.Delivery;
using Alur.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Tests.Delivery;

/// <summary>The engine's loops when something happens that nobody foresaw: they say it once, wait, and go on.</summary>
public sealed class LoopTests
{
    [Fact]
    public async Task A_pump_that_fails_unforeseen_says_so_once_waits_even_when_hinted_and_goes_on()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10));
        await using var odd = new OddDatabase(station.Database.AppConnectionString, failures: 10);
        var log = new Lines();
        using var node = Node(odd.Db, station.Destination, "00:00:00.050", log, keep: typeof(DeliveryWorker));
        node.Services.GetRequiredService<DeliveryQueue>().Wake("fake:a");
        var began = Environment.TickCount64;
        await node.StartAsync();

        await Eventually.True(() => !station.Destination.Calls.IsEmpty);
        await node.StopAsync();

        Assert.InRange(Environment.TickCount64 - began, 10 * 40, int.MaxValue);
        Assert.Single(log.All, line => line.Contains("The delivery pump failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hints_between_nodes_survive_what_nobody_foresaw_and_it_is_said_once()
    {
        await using var station = await Station.Open();
        await using var odd = new OddDatabase(station.Database.AppConnectionString, failures: 2);
        var log = new Lines();
        using var node = Node(odd.Db, station.Destination, "01:00:00", log, keep: typeof(WakeNotifier));
        await node.StartAsync();

        await Eventually.True(() => odd.Opened >= 3); // listening again
        await node.StopAsync();

        Assert.Single(log.All, line => line.StartsWith("Warning Hints between nodes", StringComparison.Ordinal));
    }

    private static IHost Node(NpgsqlDataSource db, IDeliveryChannel channel, string interval, ILoggerProvider log, Type keep)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Delivery:WorkerInterval", interval)]);
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(db).AddSingleton(channel).AddDelivery();
        foreach (var other in builder.Services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType != keep).ToList())
        {
            builder.Services.Remove(other);
        }

        builder.Services.Configure<HostOptions>(host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        return builder.Build();
    }

    /// <summary>Its first connections fail in a way that is none of the database's own.</summary>
    private sealed class OddDatabase : IAsyncDisposable
    {
        private int _opened;

        public OddDatabase(string connectionString, int failures)
        {
            var builder = new NpgsqlDataSourceBuilder(connectionString);
            builder.UsePhysicalConnectionInitializer(_ => Open(failures), _ =>
            {
                Open(failures);
                return Task.CompletedTask;
            });
            Db = builder.Build();
        }

        public NpgsqlDataSource Db { get; }

        public int Opened => Volatile.Read(ref _opened);

        public ValueTask DisposeAsync() => Db.DisposeAsync();

        private void Open(int failures)
        {
            if (Interlocked.Increment(ref _opened) <= failures) throw new InvalidOperationException("out of the blue");
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> All => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel} {formatter(state, exception)}");

        public void Dispose() => _lines.Clear();
    }
}
