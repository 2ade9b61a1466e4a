using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Platform.Alerts;
using Alur.Platform.Webhooks;
using static Alur.Platform.Tests.Webhooks.Receiver;

namespace Alur.Platform.Tests.Webhooks;

public sealed class AwayWebhookTests(WebhookHospital hospital) : IClassFixture<WebhookHospital>
{
    private const string Path = "/api/admin/webhooks";

    [Fact]
    public async Task A_receiver_that_is_switched_off_while_it_is_away_is_not_away_for_ever_and_goes_on_at_once_when_it_is_on()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(503)) };
        var id = await Away(receiver, "away.off");
        await Change(id, new { is_active = false });
        Assert.Equal("CLOSED", await Breaker(id));
        Assert.Empty(await Told(id));

        receiver.Answer = Says(_ => Taken);
        await Change(id, new { is_active = true });
        await hospital.Deliver();
        Assert.Equal("SENT", await hospital.One<string>($"select state from delivery.jobs where channel = 'hook:{id}'"));
    }

    [Fact]
    public async Task At_another_address_what_waited_for_one_that_was_away_goes_out_at_once()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(503)) };
        await using var other = new Receiver();
        var id = await Away(receiver, "away.moved");
        await Change(id, new { description = "Kasir" });
        Assert.NotEqual("CLOSED", await Breaker(id));

        await Change(id, new { url = other.Url });
        await hospital.Deliver();
        Assert.Equal("away.moved", (string)Assert.Single(other.Calls).Json["type"]!);
        Assert.Empty(await Told(id));
    }

    [Fact]
    public async Task The_program_closes_the_breaker_of_whom_it_switches_off()
    {
        await using var receiver = new Receiver { Answer = Says(_ => Status(503)) };
        var id = await Away(receiver, "dead.a");
        Assert.True(await new SwitchWebhookOff(hospital.App.Database.App).Run(id, "Nothing was taken for five days.", CancellationToken.None));
        Assert.Equal("CLOSED", await Breaker(id));
        Assert.Empty(await Told(id));
    }

    /// <summary>One that has not answered for an hour, with a message that waits for it.</summary>
    private async Task<Guid> Away(Receiver receiver, string type)
    {
        using var made = await hospital.Admin.PostAsJsonAsync(Path, new { url = receiver.Url, event_types = new[] { type } });
        var id = Guid.Parse((string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["data"]!["id"]!);
        await hospital.Put(type);
        for (var tries = 0; await Breaker(id) != "OPEN"; tries++)
        {
            Assert.True(tries < 10);
            await hospital.Execute($"update delivery.lanes set due_at = now() where channel = 'hook:{id}'");
            await hospital.Deliver();
        }

        await hospital.Execute($"update platform.breakers set opened_at = now() - interval '1 hour' where name = 'hook:{id}'");
        Assert.Single(await Told(id));
        return id;
    }

    private async Task Change(Guid id, object change)
    {
        using var answer = await hospital.Admin.PostAsJsonAsync($"{Path}/{id}", change);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<string> Breaker(Guid id) => hospital.One<string>($"select state from platform.breakers where name = 'hook:{id}'");

    private async Task<List<AlertCondition>> Told(Guid id) =>
        [.. (await new DeliveryTrouble(hospital.App.Database.App, new AlertsOptions()).Find(CancellationToken.None)).Where(one => one.Name == $"delivery.away:hook:{id}")];
}
