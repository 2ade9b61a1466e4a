using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Platform.Tests.Audit;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Alur.Platform.Tests.Notifications.NotificationDesk;

namespace Alur.Platform.Tests.Notifications;

/// <summary>Who is told what.</summary>
public sealed class NotifyTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task An_audience_is_everybody_a_role_a_grant_or_people_by_name_and_never_a_disabled_account()
    {
        var (admin, desk, other, gone) = (await _app.NewPerson(Policies.Admin), await _app.NewPerson(Policies.Client, "front-office"), await _app.NewPerson(), await _app.NewPerson());
        (await _app.AsAdmin().PostAsync($"/api/admin/users/{gone.Email}/disable", null)).EnsureSuccessStatusCode();

        await _app.Tell(
            Announcement("everybody", Audience.Everybody), Announcement("admins", Audience.Admins), Announcement("clients", Audience.Role(Policies.Client)),
            Announcement("desks", Audience.Grant("front-office")), Announcement("by name", Audience.People(other.Id, other.Id, gone.Id, Guid.CreateVersion7())));

        Assert.Equal(["admins", "everybody"], (await admin.Titles()).Order(StringComparer.Ordinal));
        Assert.Equal(["clients", "desks", "everybody"], (await desk.Titles()).Order(StringComparer.Ordinal));
        Assert.Equal(["by name", "clients", "everybody"], (await other.Titles()).Order(StringComparer.Ordinal));
        Assert.Equal(["0"], await _app.Database.Column($"select count(*) from realtime.real_time_notifications where user_id = '{gone.Id}'"));
    }

    [Fact]
    public async Task What_a_transaction_took_back_was_told_to_nobody()
    {
        var person = await _app.NewPerson();
        await using (var connection = await _app.Database.App.OpenConnectionAsync())
        await using (var tx = await connection.BeginTransactionAsync())
        {
            var told = await _app.Services.GetRequiredService<Notify>().Run(tx, [Announcement("never", Audience.People(person.Id))], CancellationToken.None);
            Assert.Equal([new Notified(1, 0)], told.Each);
        }

        Assert.Empty(await person.Titles());
    }

    [Theory]
    [InlineData(NotificationType.ProjectStatusChange, "project_update"), InlineData(NotificationType.PaymentReceived, "payment_received")]
    [InlineData(NotificationType.SystemAnnouncement, "admin_broadcast"), InlineData(NotificationType.NewFeature, "admin_broadcast")]
    [InlineData(NotificationType.AdminAlert, "system_alert"), InlineData(NotificationType.DeadlineReminder, "system_alert")]
    public void Every_type_comes_to_devices_as_one_of_the_specified_events(NotificationType type, string eventType) => Assert.Equal(eventType, type.EventType());

    [Fact]
    [Trait("Spec", "D-511")]
    public void Of_what_waits_for_a_device_the_urgent_goes_first() =>
        Assert.Equal([10, 0, -10, -20], NotificationWords.AllPriorities.Select(priority => priority.QueuePriority()));
}
