using System.Net;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Resilience;
using Alur.Platform.Webhooks;
using Alur.Testing;

namespace Alur.Platform.Tests.Webhooks;

/// <summary>Endpoints, the queue and the real way out over a database of its own.</summary>
internal sealed class HookDesk : IAsyncDisposable
{
    private readonly WebhookCalls _calls;
    private readonly HookChannel _channel;

    private HookDesk(TestDatabase database, bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve, TimeSpan within)
    {
        Database = database;
        var rules = new ReceiverRules(new WebhooksOptions { AllowPrivateAddresses = allowPrivate }, resolve ?? ((name, ct) => Dns.GetHostAddressesAsync(name, ct)));
        Secrets = new WebhookSecrets(new SecondFactorKeys(new IdentityOptions { SecondFactorKeyFile = KeyFile }));
        _calls = new WebhookCalls(rules) { Within = within };
        _channel = new HookChannel(database.App, Secrets, _calls, new SwitchWebhookOff(database.App));
        Queue = new DeliveryQueue(database.App, [_channel], new WakeUps(), new ResilienceOptions());
        Enqueue = new EnqueueWebhooks(Queue);
    }

    public TestDatabase Database { get; }

    public string KeyFile { get; } = Path.Combine(Path.GetTempPath(), $"alur-hook-{Guid.NewGuid():N}.key");

    public WebhookSecrets Secrets { get; }

    public DeliveryQueue Queue { get; }

    public EnqueueWebhooks Enqueue { get; }

    public static async Task<HookDesk> Open(bool allowPrivate = true, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, TimeSpan? within = null) =>
        new(await TestDatabase.Create(), allowPrivate, resolve, within ?? TimeSpan.FromSeconds(10));

    public static WebhookEvent Event(string type = "booking.created", string key = "booking:1", string data = """{"booking":"b1"}""") =>
        new(type, Guid.CreateVersion7(), data, DateTimeOffset.UtcNow, key);

    /// <summary>An endpoint as entering one leaves it; its id and its secret.</summary>
    public async Task<(Guid Id, byte[] Secret)> Endpoint(string url, params string[] types)
    {
        var (id, secret) = (Guid.CreateVersion7(), WebhookSecret.New());
        await Queue.EnsureChannel(HookNames.Channel(id), new ChannelLimits(MaxConcurrent: 4), breaker: HookNames.Channel(id));
        await using var insert = Database.App.CreateCommand("insert into platform.webhook_endpoints (id, url, event_types, secret, created_by) values ($1, $2, $3, $4, 'test')");
        foreach (var value in (object[])[id, url, types is [] ? ["*"] : types, Secrets.Seal(id, secret).Value]) insert.Parameters.Add(new() { Value = value });
        await insert.ExecuteNonQueryAsync();
        return (id, secret);
    }

    public async Task<IReadOnlyList<string>> Put(params WebhookEvent[] events)
    {
        await using var connection = await Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var channels = await Enqueue.Run(tx, events);
        await tx.CommitAsync();
        return channels;
    }

    public DeliveryPump Pump() => new(Database.App, [_channel], new DeliveryOptions { BackOffJitter = 0 }, new WakeUps());

    public Task<PumpResult> Deliver() => Pump().RunOnce();

    public Task MakeDue() => Execute("update delivery.lanes set due_at = now() where state = 'OPEN' and lease_token is null");

    public async Task Execute(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> One<T>(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>State, counted attempts and reason of the newest job.</summary>
    public Task<string> Job() => One<string>("select state || ' ' || attempts || coalesce(' ' || last_error, '') from delivery.jobs order by id desc limit 1");

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await Database.DisposeAsync();
        File.Delete(KeyFile);
    }
}
