using System.Collections.Concurrent;
using Alur.Platform.Leases;
using Alur.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alur.Platform.Tests.Leases;

public sealed class PeriodicTaskTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Of_several_nodes_one_runs_it_and_another_goes_on_when_that_one_stops()
    {
        var runs = new ConcurrentQueue<string>();
        var running = 0;
        using var a = Node("a");
        using var b = Node("b");
        await a.StartAsync(default);
        await Eventually.True(() => runs.Count >= 3);
        await b.StartAsync(default);
        await Eventually.True(() => runs.Count >= 8);
        Assert.DoesNotContain("b", runs);

        await a.StopAsync(default);
        await Eventually.True(() => runs.Contains("b"));
        await b.StopAsync(default);

        PeriodicTask Node(string node) => new(
            "shared", TimeSpan.FromMilliseconds(50),
            async (grant, ct) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running));
                runs.Enqueue(node);
                try
                {
                    await Task.Delay(5, ct);
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            },
            new LeaseStore(database.App), NullLogger<PeriodicTask>.Instance);
    }

    [Fact]
    public async Task A_run_that_fails_is_tried_again()
    {
        var runs = 0;
        using var task = new PeriodicTask(
            "failing", TimeSpan.FromMilliseconds(20),
            (_, _) => Interlocked.Increment(ref runs) < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask,
            new LeaseStore(database.App), NullLogger<PeriodicTask>.Instance);
        await task.StartAsync(default);

        await Eventually.True(() => Volatile.Read(ref runs) >= 4);
        await task.StopAsync(default);
    }

    [Fact]
    public async Task A_run_that_fails_is_not_repeated_at_once_however_often_it_is_hinted()
    {
        var runs = 0;
        using var task = new PeriodicTask(
            "failing and hinted", TimeSpan.FromMilliseconds(100),
            (_, _) =>
            {
                Interlocked.Increment(ref runs);
                throw new InvalidOperationException("never");
            },
            new LeaseStore(database.App), NullLogger<PeriodicTask>.Instance) { Hint = () => Task.CompletedTask };
        var began = Environment.TickCount64;
        await task.StartAsync(default);

        await Eventually.True(() => Volatile.Read(ref runs) >= 6);
        await task.StopAsync(default);

        Assert.InRange(Environment.TickCount64 - began, 5 * 90, int.MaxValue);
    }
}
