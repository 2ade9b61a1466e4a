using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Alur.Browser.Tests.Admin;

public sealed class BroadcastsPageTests(Browser browser, PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    [Trait("Spec", "D-500"), Trait("Spec", "D-240")]
    public async Task An_admin_sees_how_many_it_reaches_sends_it_and_sees_who_has_read_it()
    {
        var email = await _app.NewUser(Policies.Client, "integration");
        await using var reader = await browser.Open(_app);
        await reader.SignIn(email, to: "/notifications");
        await Expect(reader.Page.Locator(".line-up")).ToBeVisibleAsync();
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/broadcasts");
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await Expect(admin.Page.Locator("#audience option[value='grant:integration']")).ToContainTextAsync("pemegang hak integration, 1 orang");

        await admin.Page.SelectOptionAsync("#audience", "grant:integration");
        await admin.Page.SelectOptionAsync("#priority", "high");
        await admin.Page.FillAsync("#title", "Server dimulai ulang malam ini");
        await admin.Page.FillAsync("#message", "Pukul 22.00.\nSekitar satu menit.");
        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Kirim" }).ClickAsync());

        await Expect(admin.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("ada di daftar 1 orang");
        var row = admin.Page.Locator("#broadcasts tbody tr").First;
        await Expect(row).ToContainTextAsync("0 dari 1");
        await Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Server dimulai ulang malam ini" })).ToBeVisibleAsync();
        await reader.Follow(() => reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sudah dibaca: Server" }).ClickAsync());
        await Expect(row).ToContainTextAsync("1 dari 1", new() { Timeout = 15_000 });
        Assert.Empty(admin.Complaints);
        Assert.Empty(reader.Complaints);
    }

    [Fact]
    public async Task What_is_refused_stands_in_the_form_as_it_was_typed()
    {
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/broadcasts");
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await admin.Page.SelectOptionAsync("#audience", "everybody");
        await admin.Page.FillAsync("#title", " ");
        await admin.Page.FillAsync("#message", "Isi.");
        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Kirim" }).ClickAsync());

        await Expect(admin.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Judul terdiri dari 1 sampai 200 karakter dalam satu baris.");
        await Expect(admin.Page.Locator("#message")).ToHaveValueAsync("Isi.");
        await Expect(admin.Page.Locator("#audience")).ToHaveValueAsync("everybody");
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_tells_once()
    {
        using var admin = await _app.AsReader(Policies.Admin);
        var reader = await _app.AsReader(Policies.Client, "front-office");
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["id"] = Guid.NewGuid().ToString(), ["audience"] = "grant:front-office", ["type"] = "new_feature", ["priority"] = "low", ["title"] = "sekali", ["message"] = "!",
        };
        foreach (var _ in (int[])[1, 2])
        {
            using var form = new FormUrlEncodedContent(fields);
            Assert.Equal(System.Net.HttpStatusCode.SeeOther, (await admin.PostAsync("/admin/broadcasts", form)).StatusCode);
        }

        Assert.Equal(2, (await reader.GetStringAsync("/notifications")).Split(">sekali<").Length);
    }
}
