using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests;

/// <summary>The switch between observing and sending on the page of settings, as those use it who answer for it.</summary>
public sealed class SwitchModeFormTests(Browser browser, SwitchModeFormTests.ReadyToSend fixture) : IClassFixture<SwitchModeFormTests.ReadyToSend>
{
    private const string Address = "/antrean/settings";
    private static readonly string[] Steers = ["front-office", "integration"];

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_hospital_is_switched_on_and_off_after_a_question_and_page_and_board_say_so()
    {
        await fixture.Observe();
        await using var window = await browser.OpenAs(_app, Policies.Client, Steers);
        List<string> asked = [];
        window.Page.Dialog += (_, dialog) =>
        {
            asked.Add(dialog.Message);
            _ = dialog.AcceptAsync();
        };
        await window.Go(Address);
        await Assertions.Expect(window.Page.Locator("main .state").First).ToHaveTextAsync("Hanya mengamati");

        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Mulai mengirim ke BPJS" }).ClickAsync());

        await Assertions.Expect(window.Page.Locator(".alert-success")).ToContainTextAsync("Mengirim ke BPJS mulai sekarang.");
        await Assertions.Expect(window.Page.Locator("main .state").First).ToHaveTextAsync("Mengirim ke BPJS");
        await Assertions.Expect(window.Page.Locator("main")).ToContainTextAsync("oleh Siti pada "); // who, by name, beside what the file says
        await Assertions.Expect(window.Page.Locator("main")).ToContainTextAsync("pengaturan mengatakan observe.");
        await window.Go("/antrean");
        await Assertions.Expect(window.Page.Locator("#board")).Not.ToContainTextAsync("Mode observe");

        await window.Go(Address);
        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Kembali mengamati saja" }).ClickAsync());

        await Assertions.Expect(window.Page.Locator(".alert-success")).ToContainTextAsync("Mengamati saja mulai sekarang");
        await window.Go("/antrean");
        await Assertions.Expect(window.Page.Locator("#board")).ToContainTextAsync("Mode observe: kunjungan diamati, tidak ada yang dikirim.");
        Assert.Collection(asked, on => Assert.Contains("OnSiteJkn = desktop", on, StringComparison.Ordinal), off => Assert.StartsWith("Berhenti mengirim ke BPJS?", off, StringComparison.Ordinal));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_question_that_is_not_confirmed_switches_nothing()
    {
        await fixture.Observe();
        await using var window = await browser.OpenAs(_app, Policies.Client, Steers, language: "en");
        var asked = new TaskCompletionSource<string>();
        window.Page.Dialog += (_, dialog) =>
        {
            asked.TrySetResult(dialog.Message);
            _ = dialog.DismissAsync();
        };
        await window.Go(Address);

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Begin to send to BPJS" }).ClickAsync();

        Assert.StartsWith("Begin to send to BPJS? Make sure that any other sender", await asked.Task, StringComparison.Ordinal);
        Assert.Equal(["observe"], await _app.Database.Column("select mode from antrean.sites"));
    }

    [Fact]
    public async Task A_start_that_cannot_be_is_refused_in_words_and_switches_nothing()
    {
        await fixture.Observe();
        await using var window = await browser.OpenAs(_app, Policies.Client, Steers);
        window.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await window.Go(Address);
        await window.Page.EvaluateAsync("() => { const field = document.querySelector('[name=send_from]'); field.removeAttribute('min'); field.value = '2020-01-01T00:00'; }"); // an old browser

        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Mulai mengirim ke BPJS" }).ClickAsync());

        await Assertions.Expect(window.Page.Locator(".alert-danger").First).ToContainTextAsync("Waktu mulai kirim tidak mungkin");
        Assert.Equal(["observe"], await _app.Database.Column("select mode from antrean.sites"));
    }

    [Fact]
    public async Task Who_may_only_look_sees_what_holds_and_no_switch()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);

        await window.Go(Address);

        await Assertions.Expect(window.Page.Locator("main form[method=post]")).ToHaveCountAsync(0);
        await Assertions.Expect(window.Page.Locator("main")).ToContainTextAsync("mereka yang berhak mengatur pengiriman");
    }

    [Theory]
    [InlineData("id", "light", 390)]
    [InlineData("en", "dark", 1280)]
    public async Task The_switch_has_no_barrier_and_fits_the_window_in_both_positions(string language, string theme, int width)
    {
        await fixture.Observe();
        await using var window = await browser.OpenAs(_app, Policies.Client, Steers, width: width, language: language, theme: theme);
        window.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();

        await window.Go(Address);
        Assert.Empty(await window.Barriers());
        Assert.Equal(0, await window.Overhang());
        await window.Follow(() => window.Page.Locator("button[name=mode]").ClickAsync());
        Assert.Empty(await window.Barriers());
        Assert.Equal(0, await window.Overhang());
        Assert.Equal(["send"], await _app.Database.Column("select mode from antrean.sites"));
        Assert.Empty(window.Complaints);
    }

    /// <summary>A hospital that observes and lacks nothing for sending.</summary>
    public sealed class ReadyToSend : IAsyncLifetime
    {
        public AlurApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await PagesApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Antrean:Sites:default:Profile"] = "khanza",
            ["Antrean:Sites:default:Bpjs:BaseUrl"] = "http://127.0.0.1:9/antreanrs",
            ["Antrean:Sites:default:Bpjs:ConsId"] = "1",
            ["Antrean:Sites:default:Bpjs:SecretKey"] = "2",
            ["Antrean:Sites:default:Bpjs:UserKey"] = "3",
        });

        /// <summary>As after the first start.</summary>
        public Task Observe() => App.Post("/api/antrean/sites/default/mode", new { mode = "observe" });

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
