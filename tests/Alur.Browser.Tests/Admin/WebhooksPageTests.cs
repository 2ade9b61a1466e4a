using Alur.Platform.Delivery;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alur.Browser.Tests.Admin;

public sealed class WebhooksPageTests(Browser browser, PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_receiver_is_entered_its_secret_seen_once_and_what_a_test_brought_is_there()
    {
        await using var admin = await browser.OpenAs(_app);
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await Enter(admin, "https://[2606:2800:220:1:248:1893:25c8:1946]:9443/hook", "Kasir");
        var secret = await admin.Page.InputValueAsync("#secret");
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);

        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Link, new() { Name = "Buka webhook ini dan uji" }).ClickAsync());
        Assert.DoesNotContain(secret, await admin.Page.ContentAsync(), StringComparison.Ordinal);
        await _app.Database.Execute("update platform.webhook_endpoints set url = 'https://127.0.0.1:4999/hook' where description = 'Kasir'");
        await admin.Follow(() => Press(admin, "Uji"));
        await _app.Services.GetRequiredService<DeliveryPump>().RunOnce();

        await Assertions.Expect(admin.Page.Locator("tbody tr", new() { HasText = "webhook.test" })).ToContainTextAsync("Nama penerima mengarah ke jaringan sendiri", new() { Timeout = 15_000 });
        Assert.Empty(admin.Complaints);
    }

    [Fact]
    public async Task What_cannot_be_entered_says_why_and_keeps_what_was_typed()
    {
        await using var admin = await browser.OpenAs(_app);
        await Enter(admin, "https://10.0.0.7/hook", "Rumah");

        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Nama penerima mengarah ke alamat yang tidak boleh dipanggil");
        Assert.Equal("https://10.0.0.7/hook", await admin.Page.InputValueAsync("#url"));
        Assert.Equal("antrean.*", await admin.Page.InputValueAsync("#types"));
    }

    [Fact]
    public async Task A_receiver_is_switched_off_and_on_gets_another_secret_and_is_deleted()
    {
        await using var admin = await browser.OpenAs(_app, language: "en", width: 390);
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await Enter(admin, "https://[2606:2800:220:1:248:1893:25c8:1946]:9443/hook", "Pharmacy");
        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Link, new() { Name = "Open this webhook and test it" }).ClickAsync());

        await admin.Follow(() => Press(admin, "Switch off"));
        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Test" })).ToBeDisabledAsync();
        await admin.Follow(() => Press(admin, "Switch on"));
        await admin.Follow(() => Press(admin, "Make another secret"));
        Assert.StartsWith("whsec_", await admin.Page.InputValueAsync("#secret"), StringComparison.Ordinal);
        await Assertions.Expect(admin.Page.Locator("dl")).ToContainTextAsync("Old secret until");
        await admin.Page.FillAsync("#types", "notification.*\nantrean.TASK_SENT");
        await admin.Follow(() => Press(admin, "Keep"));
        await Assertions.Expect(admin.Page.Locator("dl")).ToContainTextAsync("notification.*, antrean.TASK_SENT");
        await admin.Follow(() => Press(admin, "Delete"));

        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("The webhook is deleted");
        await Assertions.Expect(admin.Page.Locator("main")).Not.ToContainTextAsync("Pharmacy");
    }

    private static async Task Enter(Window window, string url, string description)
    {
        await window.Go("/admin/webhooks");
        await window.Page.FillAsync("#url", url);
        await window.Page.FillAsync("#description", description);
        await window.Page.FillAsync("#types", "antrean.*");
        await window.Follow(() => window.Page.Locator("form.form-wide button").ClickAsync());
    }

    private static Task Press(Window window, string name) => window.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
}
