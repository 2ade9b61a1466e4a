using System.Collections.Concurrent;
using Alur.Platform.Delivery;
using Alur.Platform.Resilience;
using Alur.Testing;

namespace Alur.Platform.Tests.Delivery;

/// <summary>A queue, as many pumps as a test wants, and a destination whose answers the test writes, over a database of its own.</summary>
public sealed class Station : IAsyncDisposable
{
    private Station(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public FakeDestination Destination { get; } = new("fake");

    public DeliveryOptions Options { get; } = new() { BackOffJitter = 0, StopGrace = TimeSpan.FromSeconds(5) };

    public KeptLines Log { get; } = new();

    public ResilienceOptions Resilience { get; } = new();

    public static async Task<Station> Open(string channel = "fake:a", ChannelLimits? limits = null, string? breaker = null, ResilienceOptions? resilience = null)
    {
        var station = new Station(await TestDatabase.Create());
        if (resilience is not null)
        {
            station.Resilience.FailuresToOpen = resilience.FailuresToOpen;
            station.Resilience.SuccessesToClose = resilience.SuccessesToClose;
            station.Resilience.OpenFor = resilience.OpenFor;
        }

        await station.Queue().EnsureChannel(channel, limits ?? new ChannelLimits(), breaker);
        return station;
    }

    public DeliveryQueue Queue(WakeUps? wakeUps = null) => new(Database.App, [Destination], wakeUps ?? new WakeUps(), Resilience);

    public DeliveryPump Pump(WakeUps? wakeUps = null, params IDeliveryChannel[] others) =>
        new(Database.App, [Destination, .. others], Options, wakeUps, Log);

    public async Task<int> Enqueue(string channel, params NewDelivery[] deliveries)
    {
        await using var connection = await Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var count = await Queue().Enqueue(tx, channel, deliveries);
        await tx.CommitAsync();
        return count;
    }

    public Task<int> Enqueue(params NewDelivery[] deliveries) => Enqueue("fake:a", deliveries);

    public static NewDelivery Job(string key, int step, int maxAttempts = 5) => new(key, step, $$"""{"step":{{step}}}""", MaxAttempts: maxAttempts);

    public async Task<IReadOnlyList<(string Key, int Step)>> Withdraw(params (string Key, int Step)[] places)
    {
        await using var connection = await Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var withdrawn = await Queue().Withdraw(tx, "fake:a", places);
        await tx.CommitAsync();
        return withdrawn;
    }

    /// <summary>Waiting lanes are due now; engine time itself cannot be moved.</summary>
    public Task MakeDue() => Execute("update delivery.lanes set due_at = now() - interval '1 second' where state = 'OPEN' and lease_token is null");

    /// <summary>As if every lease had just run out.</summary>
    public Task RunOutLeases() => Execute("update delivery.lanes set due_at = now() - interval '1 second' where lease_token is not null");

    public async Task<int> Execute(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Scalar<T>(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The job's state, claims, attempts and last error, as one line.</summary>
    public Task<string> JobLine(string key, int step) => Scalar<string>(
        $"select format('%s claims %s attempts %s%s', state, claims, attempts, ' ' || last_error) from delivery.jobs where key = '{key}' and step = {step}");

    /// <summary>The lane's state, head and whether it is leased, as one line.</summary>
    public Task<string> LaneLine(string key) => Scalar<string>(
        $"select format('%s head %s%s', state, head_step, case when lease_token is not null then ' leased' end) from delivery.lanes where key = '{key}'");

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}

/// <summary>Answers as the test says and remembers every call. Jobs it was told nothing about are delivered.</summary>
public sealed class FakeDestination(string kind) : IDeliveryChannel
{
    public string Kind => kind;

    public string SettleEffects { get; set; } = "";

    public string RequeueEffects { get; set; } = "";

    /// <summary>Every call, in the order in which it began.</summary>
    public ConcurrentQueue<DeliveryJob> Calls { get; } = new();

    public Func<DeliveryJob, CancellationToken, Task<DeliveryOutcome>> Answer { get; set; } = (_, _) => Task.FromResult<DeliveryOutcome>(new Delivered());

    public string Response { get; set; } = """{"ok":true}""";

    public void Says(Func<DeliveryJob, DeliveryOutcome> answer) => Answer = (job, _) => Task.FromResult(answer(job));

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        Calls.Enqueue(job);
        var startedAt = DateTimeOffset.UtcNow;
        var outcome = await Answer(job, ct);
        return new DeliveryReport(outcome, new Exchange(startedAt, TimeSpan.FromMilliseconds(1), 200, "200", "OK", job.Payload, Response));
    }

    public IReadOnlyList<string> CallLines => [.. Calls.Select(c => $"{c.Key}/{c.Step}")];
}
