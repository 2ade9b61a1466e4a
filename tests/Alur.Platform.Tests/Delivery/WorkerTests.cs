using System.Collections.Concurrent;
using Alur.Platform.Delivery;
using Alur.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform.Tests.Delivery;

/// <summary>The engine as a host runs it.</summary>
public sealed class WorkerTests
{
    [Fact]
    [Trait("Spec", "A-031")]
    public void By_default_the_worker_looks_every_five_seconds_and_tries_five_times()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), new DeliveryOptions().WorkerInterval);
        Assert.Equal(5, new NewDelivery("v", 1, "{}").MaxAttempts);
        Assert.Equal((30, 900), ((int)new DeliveryOptions().BackOffBase.TotalSeconds, (int)new DeliveryOptions().BackOffCap.TotalSeconds));
    }

    [Fact]
    [Trait("Spec", "A-031"), Trait("Spec", "A-149")]
    public async Task Without_any_wake_up_jobs_go_out_within_the_interval()
    {
        await using var station = await Station.Open();
        using var node = Node(station.Database.App, station.Destination, interval: "00:00:00.100");
        await node.StartAsync();

        await station.Enqueue(Station.Job("v1", 10));
        await Eventually.True(() => !station.Destination.Calls.IsEmpty);
        await node.StopAsync();

        Assert.Equal("SENT claims 1 attempts 1", await station.JobLine("v1", 10));
    }

    [Fact]
    [Trait("Spec", "A-149")]
    public async Task A_wake_up_reaches_the_own_node_and_the_others_long_before_the_interval()
    {
        await using var station = await Station.Open();
        await station.Queue().EnsureChannel("other:a", new ChannelLimits(), breaker: null);
        var other = new FakeDestination("other");
        using var here = Node(station.Database.App, station.Destination, interval: "01:00:00");
        using var there = Node(station.Database.App, other, interval: "01:00:00");
        await here.StartAsync();
        await there.StartAsync();
        await Eventually.True(async () => await Listeners(station) == 2);

        await station.Enqueue(Station.Job("v1", 10));
        await station.Enqueue("other:a", Station.Job("v1", 10));
        here.Services.GetRequiredService<DeliveryQueue>().Wake("fake:a");
        here.Services.GetRequiredService<DeliveryQueue>().Wake("other:a");

        await Eventually.True(() => !station.Destination.Calls.IsEmpty && !other.Calls.IsEmpty);
        await here.StopAsync();
        await there.StopAsync();
    }

    [Fact]
    [Trait("Spec", "A-149")]
    public async Task A_thousand_wake_ups_are_a_few_notifications()
    {
        await using var station = await Station.Open();
        using var node = Node(station.Database.App, station.Destination, interval: "01:00:00");
        await node.StartAsync();
        await using var listener = await station.Database.App.OpenConnectionAsync();
        var heard = 0;
        listener.Notification += (_, _) => heard++;
        await using (var listen = new NpgsqlCommand("listen alur_hints", listener)) await listen.ExecuteNonQueryAsync();

        var began = Environment.TickCount64;
        for (var i = 0; i < 1000; i++) node.Services.GetRequiredService<DeliveryQueue>().Wake("fake:a");
        var took = Environment.TickCount64 - began;
        Assert.True(await listener.WaitAsync(TimeSpan.FromSeconds(20)));
        while (await listener.WaitAsync(TimeSpan.FromMilliseconds(200))) { }
        await node.StopAsync();

        Assert.InRange(heard, 1, 2 + took / 10);
    }

    [Fact]
    public async Task A_database_that_is_away_is_one_line_in_the_log_and_afterwards_work_goes_on()
    {
        await using var station = await Station.Open();
        await station.Enqueue(Station.Job("v1", 10));
        await using var wire = new TornWire(station.Database.AppConnectionString) { Away = true };
        var log = new Lines();
        using var node = Node(wire.Db, station.Destination, interval: "00:00:00.020", log);
        await node.StartAsync();

        await Eventually.True(() => wire.TurnedAway >= 10);
        Assert.Single(log.Of("DeliveryPump"), line => line.StartsWith("Warning Deliveries wait", StringComparison.Ordinal));
        wire.Away = false;
        await Eventually.True(() => !station.Destination.Calls.IsEmpty);
        await node.StopAsync();

        Assert.Equal(["Warning", "Information"], log.Of("DeliveryPump").Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task The_months_to_come_have_their_partitions()
    {
        await using var station = await Station.Open();
        await station.Execute("drop table if exists delivery.attempts_" + DateTime.UtcNow.AddMonths(2).ToString("yyyy_MM", null));
        using var node = Node(station.Database.App, station.Destination, interval: "01:00:00");
        await node.StartAsync();

        await Eventually.True(async () => await station.Scalar<bool>($"select to_regclass('delivery.attempts_{DateTime.UtcNow.AddDays(1 - DateTime.UtcNow.Day).AddMonths(2):yyyy_MM}') is not null"));
        await node.StopAsync();

        Assert.Equal(1, await station.Scalar<long>("select epoch from platform.leases where name = 'delivery.partitions'"));
    }

    [Theory]
    [InlineData("Delivery:Lease", "00:00:20", "Delivery:Lease")]
    [InlineData("Delivery:WorkerInterval", "00:00:00", "Delivery:WorkerInterval")]
    [InlineData("Delivery:BackOffCap", "00:00:01", "Delivery:BackOffCap")]
    [InlineData("Resilience:OpenFor", "-00:00:01", "Resilience:OpenFor")]
    public async Task Settings_that_cannot_work_stop_the_start_and_name_their_key(string key, string value, string named)
    {
        await using var station = await Station.Open();
        using var node = Node(station.Database.App, station.Destination, interval: "01:00:00", setting: (key, value));

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => node.StartAsync());

        Assert.Contains(named, refusal.ToString(), StringComparison.Ordinal);
    }

    private static async Task<long> Listeners(Station station)
    {
        // As the same role: others' queries are not shown.
        await using var command = station.Database.App.CreateCommand(
            "select count(*) from pg_stat_activity where query = 'listen alur_hints' and datname = current_database()");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static IHost Node(
        NpgsqlDataSource db, IDeliveryChannel channel, string interval, ILoggerProvider? log = null, (string Key, string Value) setting = default)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Delivery:WorkerInterval", interval)]);
        if (setting.Key is not null) builder.Configuration[setting.Key] = setting.Value;
        if (log is not null) builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(db).AddSingleton(channel).AddDelivery();
        return builder.Build();
    }

    private sealed class Lines : ILoggerProvider
    {
        private readonly ConcurrentQueue<(string Category, string Line)> _lines = new();

        public IReadOnlyList<string> Of(string category) => [.. _lines.Where(l => l.Category.EndsWith(category, StringComparison.Ordinal)).Select(l => l.Line)];

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

        public void Dispose() => _lines.Clear();

        private sealed class Logger(string category, ConcurrentQueue<(string, string)> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue((category, $"{logLevel} {formatter(state, exception)}"));
        }
    }
}
