using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Platform.Tests.Delivery;

/// <summary>A worker process is killed with SIGKILL in mid-batch, again and again. What happened is read from the destination's own ledger.</summary>
public sealed class KillTests
{
    private const int Lanes = 60;
    private const int Steps = 8;

    [Fact]
    public async Task Killed_in_mid_batch_nothing_is_lost_and_order_holds_and_only_unknown_outcomes_are_repeated()
    {
        await using var station = await Station.Open();
        await using var ledger = await Ledger.Start();
        await station.Enqueue([.. from v in Enumerable.Range(0, Lanes) from step in Enumerable.Range(1, Steps) select Station.Job($"v{v}", step)]);
        var known = new HashSet<(string, int)>();
        var repeatedThoughKnown = new List<(string, int)>();
        var inHand = new HashSet<(string, int)>();
        var seen = 0;

        for (var kill = 1; kill <= 4; kill++)
        {
            using var worker = WorkerProcess.Start(station.Database.AppConnectionString, ledger.Address);
            await Eventually(async () => ledger.Calls.Count >= seen + 60 && (await Sent(station)).Count > known.Count);
            worker.Kill();
            await worker.WaitForExitAsync();
            repeatedThoughKnown.AddRange(ledger.Calls.Skip(seen).Where(known.Contains));
            seen = ledger.Calls.Count;
            known = await Sent(station);
            inHand.UnionWith(await Jobs(station, "SENDING"));
            await station.RunOutLeases();
        }

        Assert.InRange(known.Count, 1, Lanes * Steps - 1);
        using (var worker = WorkerProcess.Start(station.Database.AppConnectionString, ledger.Address))
        {
            var deadline = DateTimeOffset.UtcNow.AddSeconds(120);
            while ((await Sent(station)).Count < Lanes * Steps && DateTimeOffset.UtcNow < deadline) await Task.Delay(50);
            worker.Kill();
            await worker.WaitForExitAsync();
        }

        repeatedThoughKnown.AddRange(ledger.Calls.Skip(seen).Where(known.Contains));
        Assert.Equal(Lanes * Steps, (await Sent(station)).Count);
        Assert.Empty(repeatedThoughKnown);
        Assert.All(ledger.Accepted.GroupBy(c => c.Key), lane => Assert.Equal(Enumerable.Range(1, Steps), lane.Select(c => c.Step)));
        Assert.Equal(Lanes, ledger.Accepted.Select(c => c.Key).Distinct().Count());
        Assert.Subset(inHand, ledger.Calls.GroupBy(c => c).Where(c => c.Count() > 1).Select(c => c.Key).ToHashSet());
        Assert.Equal(0, await station.Scalar<long>("select count(*) from delivery.lanes where state <> 'IDLE'"));
    }

    private static Task<HashSet<(string, int)>> Sent(Station station) => Jobs(station, "SENT");

    private static async Task<HashSet<(string, int)>> Jobs(Station station, string state)
    {
        await using var command = station.Database.Owner.CreateCommand("select key, step from delivery.jobs where state = $1");
        command.Parameters.Add(new() { Value = state });
        await using var reader = await command.ExecuteReaderAsync();
        var jobs = new HashSet<(string, int)>();
        while (await reader.ReadAsync()) jobs.Add((reader.GetString(0), reader.GetInt32(1)));
        return jobs;
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (!await condition())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "It did not happen in time.");
            await Task.Delay(5);
        }
    }

    /// <summary>The destination: accepts each call once and answers 208 to every repetition.</summary>
    private sealed class Ledger(WebApplication app) : IAsyncDisposable
    {
        private readonly WebApplication _app = app;
        private readonly ConcurrentQueue<(string Key, int Step)> _calls = new();
        private readonly Dictionary<(string Key, int Step), int> _accepted = [];

        public Uri Address => new(_app.Urls.First());

        public IReadOnlyList<(string Key, int Step)> Calls => [.. _calls];

        public IReadOnlyList<(string Key, int Step)> Accepted
        {
            get
            {
                lock (_accepted) return [.. _accepted.OrderBy(a => a.Value).Select(a => a.Key)];
            }
        }

        public static async Task<Ledger> Start()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var ledger = new Ledger(builder.Build());
            ledger.Open();
            await ledger._app.StartAsync();
            return ledger;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private void Open() => _app.Run(async context =>
        {
            var parts = context.Request.Path.Value!.Trim('/').Split('/');
            var call = (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
            _calls.Enqueue(call);
            bool isNew;
            lock (_accepted) isNew = _accepted.TryAdd(call, _accepted.Count);
            context.Response.StatusCode = isNew ? 200 : 208;
            await Task.Delay(3, context.RequestAborted);
        });
    }
}
