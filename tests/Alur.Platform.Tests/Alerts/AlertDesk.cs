using Alur.Platform.Alerts;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Mail;
using Alur.Platform.Notifications;
using Alur.Platform.Realtime;
using Alur.Platform.Resilience;
using Alur.Platform.Tests.Delivery;
using Alur.Platform.Webhooks;
using Alur.Testing;

namespace Alur.Platform.Tests.Alerts;

/// <summary>The alerts over a database of their own, with trouble that the test makes and the real ways out.</summary>
internal sealed class AlertDesk : IAsyncDisposable, IAlertSource
{
    private readonly WebhookChannel _webhook;
    private readonly IDeliveryChannel[] _channels;
    private readonly DeliveryQueue _queue;

    private AlertDesk(TestDatabase database, AlertsOptions options)
    {
        (Database, Options) = (database, options);
        _webhook = new WebhookChannel(options);
        _channels = [_webhook, new SmtpChannel(options)];
        _queue = new DeliveryQueue(database.App, _channels, new WakeUps(), new ResilienceOptions());
        var mail = new EnqueueMail(new MailRoute(Microsoft.Extensions.Options.Options.Create(new MailOptions()), Microsoft.Extensions.Options.Options.Create(options)), _queue);
        var people = new NotifyAdmins(database.App, new Notify(new MessageHints(), mail, new EnqueueWebhooks(_queue)), options);
        Raise = new RaiseAlerts(database.App, new TellAlerts(_queue, options), people, [this], options, Log);
    }

    public TestDatabase Database { get; }

    public AlertsOptions Options { get; }

    public KeptLines Log { get; } = new();

    public RaiseAlerts Raise { get; }

    /// <summary>What is wrong now; null: nobody can look.</summary>
    public List<AlertCondition>? Wrong { get; set; } = [];

    public string Prefix => "test.";

    public bool Looks { get; set; } = true;

    public static AlertCondition Trouble(string name) => new($"test.{name}", $"{name} rusak", $"{name} is broken");

    public static async Task<AlertDesk> Open(AlertsOptions? options = null)
    {
        var desk = new AlertDesk(await TestDatabase.Create(), options ?? new AlertsOptions { Language = "en" });
        await new AlertChannels(desk._queue, desk.Options).StartAsync(CancellationToken.None);
        await MailChannelRow.Ensure(desk._queue, CancellationToken.None);
        return desk;
    }

    public Task<IReadOnlyList<AlertCondition>> Find(CancellationToken ct) =>
        Wrong is { } wrong ? Task.FromResult<IReadOnlyList<AlertCondition>>(wrong) : throw new InvalidOperationException("nobody knows");

    /// <summary>An account.</summary>
    public async Task Person(string email, string role) =>
        Assert.True((await new AddUser(Database.App, [], new IdentityOptions()).Run(new NewUser(email, "Siti", Role: role), AuditOrigin.System, CancellationToken.None)).Ok);

    /// <summary>A look at which nothing or, with a name, this is wrong.</summary>
    public Task<RaiseAlerts.Result> Look(string? wrong = null)
    {
        Wrong = wrong is null ? [] : [Trouble(wrong)];
        return Raise.RunOnce(CancellationToken.None);
    }

    /// <summary>All that was recorded of alerts happened so many minutes earlier.</summary>
    public Task Pass(int minutes) => Execute($"""
        update platform.alerts set raised_at = raised_at - interval '{minutes} minutes', cleared_at = cleared_at - interval '{minutes} minutes';
        update platform.told_alerts set over_at = over_at - interval '{minutes} minutes';
        """);

    public Task<PumpResult> Deliver() =>
        new DeliveryPump(Database.App, _channels, new DeliveryOptions { BackOffJitter = 0 }, new WakeUps()).RunOnce();

    public async Task<List<string>> Column(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!);
        return rows;
    }

    public async Task Execute(string sql)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _webhook.Dispose();
        await Database.DisposeAsync();
    }
}
