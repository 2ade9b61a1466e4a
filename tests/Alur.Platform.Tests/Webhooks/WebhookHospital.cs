using Alur.Platform.Delivery;
using Alur.Platform.Journal;
using Alur.Platform.Webhooks;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Webhooks;

/// <summary>A server that may call this machine.</summary>
public sealed class WebhookHospital : IAsyncLifetime
{
    private static readonly EventType[] Types =
        [.. new[] { "booking.created", "visit.done", "nothing.at_all", "off.first", "rotate.a", "again.a", "gone.a", "busy.t0", "dead.a", "away.off", "away.moved" }.Select(name => new EventType(name, 1, "{}"))];

    private readonly string _key = Path.Combine(Path.GetTempPath(), $"alur-hooks-{Guid.NewGuid():N}.key");

    public AlurApp App { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        App = await AlurApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Webhooks:AllowPrivateAddresses"] = "true", ["Identity:SecondFactorKeyFile"] = _key }, add: services => services.AddEventTypes("school", Types));
        Admin = App.AsAdmin();
    }

    public Task Put(params string[] types) => Put(types, spread: false);

    /// <summary>Each about something else, if they are spread.</summary>
    public async Task Put(string[] types, bool spread)
    {
        await using var connection = await App.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await App.Services.GetRequiredService<EnqueueWebhooks>().Run(tx, [.. types.Select(type => HookDesk.Event(type, spread ? $"about:{type}" : "booking:1"))]);
        await tx.CommitAsync();
    }

    public Task Deliver() => App.Services.GetRequiredService<DeliveryPump>().RunOnce();

    public async Task Execute(string sql)
    {
        await using var command = App.Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> One<T>(string sql)
    {
        await using var command = App.Database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        File.Delete(_key);
    }
}
