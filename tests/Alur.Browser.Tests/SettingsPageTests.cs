using Alur.Platform.Identity;
using Alur.Simulators.Bpjs;
using Microsoft.Playwright;

namespace Alur.Browser.Tests;

public sealed class SettingsPageTests(Browser browser)
{
    [Fact]
    public async Task Settings_stand_there_in_words_and_of_secrets_only_whether_they_are_set()
    {
        await using var app = await PagesApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Antrean:Sites:default:Name"] = "RS Contoh",
            ["Antrean:Sites:default:Khanza:Host"] = "10.9.8.7",
            ["Antrean:Sites:default:Khanza:User"] = "alur",
            ["Antrean:Sites:default:Khanza:Password"] = "hush-khanza",
            ["Antrean:Sites:default:Bpjs:BaseUrl"] = "https://clerk:hush-url@bpjs.example/antreanrs",
            ["Antrean:Sites:default:Bpjs:ConsId"] = "hush-cons",
            ["Antrean:Sites:default:Bpjs:SecretKey"] = "hush-secret",
        });
        await using var desk = await browser.OpenAs(app, Policies.Client, ["front-office"]);

        await desk.Go("/antrean/settings");

        var text = await desk.Page.Locator("main").InnerTextAsync();
        Assert.Contains("10.9.8.7", text, StringComparison.Ordinal);
        Assert.Contains("https://bpjs.example/antreanrs", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", await desk.Page.ContentAsync(), StringComparison.Ordinal);
        await Assertions.Expect(desk.Page.Locator("dt", new() { HasText = "Bpjs:SecretKey" }).Locator("+ dd")).ToHaveTextAsync("sudah diisi");
        await Assertions.Expect(desk.Page.Locator("dt", new() { HasText = "Bpjs:UserKey" }).Locator("+ dd")).ToHaveTextAsync("belum diisi");
        await Assertions.Expect(desk.Page.Locator("main")).ToContainTextAsync("Yang masih kurang untuk mengirim: Profile, Bpjs:UserKey");
        Assert.Equal(0, await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Uji sambungan" }).CountAsync());
        Assert.Empty(desk.Complaints);
    }

    [Fact]
    public async Task A_test_says_of_each_side_what_is_wrong_and_what_to_do_and_is_not_repeated_at_once()
    {
        await using var bpjs = await BpjsSimulator.Start(new BpjsSimulatorOptions());
        var account = new BpjsSimulatorOptions();
        await using var app = await PagesApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Antrean:Sites:default:Khanza:Host"] = "127.0.0.1",
            ["Antrean:Sites:default:Khanza:Port"] = "1",
            ["Antrean:Sites:default:Khanza:User"] = "alur",
            ["Antrean:Sites:default:Khanza:Database"] = "sik",
            ["Antrean:Sites:default:Bpjs:BaseUrl"] = bpjs.Url,
            ["Antrean:Sites:default:Bpjs:ConsId"] = account.ConsId,
            ["Antrean:Sites:default:Bpjs:SecretKey"] = account.SecretKey,
            ["Antrean:Sites:default:Bpjs:UserKey"] = account.UserKey,
        });
        await using var window = await browser.OpenAs(app, Policies.Client, ["front-office", "integration"]);
        await window.Go("/antrean/settings");
        var test = window.Page.GetByRole(AriaRole.Button, new() { Name = "Uji sambungan" });

        await window.Follow(() => test.ClickAsync());

        var found = window.Page.GetByRole(AriaRole.Status);
        await Assertions.Expect(found).ToContainTextAsync("Khanza tidak dapat dibaca");
        await Assertions.Expect(found).ToContainTextAsync("Periksa Khanza:Host dan Khanza:Port");
        await Assertions.Expect(found).ToContainTextAsync("BPJS menerima akun ini");
        Assert.Empty(await window.Barriers());

        await window.Follow(() => test.ClickAsync());

        await Assertions.Expect(window.Page.GetByRole(AriaRole.Alert).Last).ToContainTextAsync("Tunggu sebentar, lalu uji lagi.");
        Assert.Equal(["1"], await app.Database.Column("select epoch::text from platform.leases where name = 'antrean.connection-test:default'"));
    }
}
