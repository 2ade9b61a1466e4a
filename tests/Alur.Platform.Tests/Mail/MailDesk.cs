using Alur.Platform.Alerts;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Mail;
using Alur.Platform.Resilience;
using Alur.Testing;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Tests.Mail;

/// <summary>People with accounts, a mail server of the test, and the real way between them.</summary>
internal sealed class MailDesk : IAsyncDisposable
{
    private readonly MailChannel _channel;
    private readonly MailChannel _lacking; // as a node without any mail server has it

    private MailDesk(TestDatabase database, MailRoute route)
    {
        (Database, _channel) = (database, new MailChannel(database.App, route));
        _lacking = new MailChannel(database.App, new MailRoute(Options.Create(new MailOptions()), Options.Create(new AlertsOptions())));
        Queue = new DeliveryQueue(database.App, [_channel], new WakeUps(), new ResilienceOptions());
        Mails = new EnqueueMail(route, Queue);
    }

    public TestDatabase Database { get; }

    public DeliveryQueue Queue { get; }

    public EnqueueMail Mails { get; }

    public static async Task<MailDesk> Open(int? port, int? alertsPort = null)
    {
        var mail = new MailOptions { Smtp = { Host = port is null ? null : "127.0.0.1", Port = port ?? 25, Tls = false, From = "Alur <alur@rs.example>" } };
        var alerts = new AlertsOptions { Smtp = { Host = alertsPort is null ? null : "127.0.0.1", Port = alertsPort ?? 25, Tls = false, From = "alerts@rs.example" } };
        var desk = new MailDesk(await TestDatabase.Create(), new MailRoute(Options.Create(mail), Options.Create(alerts)));
        await MailChannelRow.Ensure(desk.Queue, CancellationToken.None);
        return desk;
    }

    /// <summary>An account; its id.</summary>
    public async Task<Guid> Person(string email)
    {
        var made = await new AddUser(Database.App, [], new IdentityOptions()).Run(new NewUser(email, "Siti"), AuditOrigin.System, CancellationToken.None);
        Assert.True(made.Ok);
        return await One<Guid>($"select id from identity.users where email = '{email}'");
    }

    public async Task<int> Enqueue(params OutgoingMail[] mails)
    {
        await using var connection = await Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var count = await Mails.Run(tx, mails);
        await tx.CommitAsync();
        Mails.Wake();
        return count;
    }

    public Task<PumpResult> Deliver(bool lacking = false) => new DeliveryPump(Database.App, [lacking ? _lacking : _channel], new DeliveryOptions { BackOffJitter = 0 }, new WakeUps()).RunOnce();

    public Task MakeDue() => Execute("update delivery.lanes set due_at = now() where state = 'OPEN' and lease_token is null");

    public Task<string> Job() => One<string>("select state || coalesce(' ' || last_error, '') from delivery.jobs order by id desc limit 1");

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

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
