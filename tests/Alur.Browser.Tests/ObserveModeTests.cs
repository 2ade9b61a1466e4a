using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Alur.Browser.Tests;

/// <summary>The first look: a hospital that only observes, and has no BPJS account yet.</summary>
public sealed class ObserveModeTests(Browser browser, ObserveModeTests.Observing fixture) : IClassFixture<ObserveModeTests.Observing>
{
    private const string Ready = "2026/01/20/000101";
    private const string Day = "/antrean?date=2026-01-20";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task What_could_be_sent_is_ready_and_what_holds_the_rest_stands_apart()
    {
        await using var window = await Desk();
        await window.Go(Day);

        await Expect(Row(window, Ready).Locator(".state-ready")).ToHaveCountAsync(4);
        await Expect(Row(window, Ready).Locator(".state-ready").First).ToHaveTextAsync("siap 15:00");
        await Expect(Row(window, Ready).Locator(".state-held")).ToHaveCountAsync(0);
        await Expect(Count(window, "Capaian seandainya dikirim")).ToContainTextAsync("50 %");
        await Expect(Count(window, "Capaian seandainya dikirim")).ToContainTextAsync("1 dari 2 kunjungan akan lengkap");
        await Expect(Count(window, "Task siap, tidak dikirim").Locator("b")).ToHaveTextAsync("5");
        await Expect(Count(window, "Task tertahan atau gagal").Locator("b")).ToHaveTextAsync("1");
        await window.Follow(() => window.Page.SelectOptionAsync("#standing", "ready"));
        await Expect(window.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task The_work_list_and_a_visits_to_do_are_about_what_somebody_can_mend()
    {
        await using var window = await Desk();

        await window.Go("/antrean/work?date=2026-01-20");
        await Expect(window.Page.Locator("#causes tbody tr")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator("#cause-TIME_NOT_LATER")).ToBeVisibleAsync();
        await window.Go(Address(Ready));
        await Expect(window.Page.Locator(".to-do")).ToHaveCountAsync(0);
        await Expect(window.Page.Locator("main")).ToContainTextAsync("siap, tidak dikirim");
    }

    [Fact]
    public async Task Clinics_and_doctors_have_their_names_before_BPJS_was_ever_asked()
    {
        await using var window = await Desk();

        await window.Go(Day);
        await Expect(Row(window, Ready)).ToContainTextAsync("Poli Anak");
        await Expect(Row(window, Ready)).ToContainTextAsync("dr. Contoh");
        await Expect(window.Page.Locator("#poli_id")).ToContainTextAsync("Poli Anak (2)");
        await window.Go(Address(Ready));
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("Poli Anak (101)");
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("dr. Contoh (D001)");
    }

    [Theory]
    [InlineData("id"), InlineData("en")]
    public async Task No_page_of_the_day_complains_of_the_account_that_nobody_needs_yet(string language)
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"], language: language);
        foreach (var page in (string[])[Day, "/antrean/work", "/antrean/report", "/antrean/deliveries", Address(Ready)])
        {
            await window.Go(page);
            var text = await window.Page.Locator("main").InnerTextAsync();
            Assert.DoesNotContain("Antrean:Sites", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Not configured", text, StringComparison.Ordinal);
            await Expect(window.Page.Locator(".alert-warning")).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Deliveries_say_that_BPJS_was_not_asked_and_offer_nothing_that_would_be_refused()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office", "integration"]);

        await window.Go("/antrean/deliveries");

        await Expect(window.Page.Locator(".channel")).ToContainTextAsync("BPJS belum ditanya");
        await Expect(window.Page.Locator(".channel .state-good")).ToHaveCountAsync(0);
        await Expect(window.Page.Locator("main form[method=post]")).ToHaveCountAsync(0);
    }

    private static string Address(string visit) => "/antrean/visits/" + Uri.EscapeDataString(visit);

    private static ILocator Row(Window window, string visit) => window.Page.Locator("#visit-" + visit.Replace('/', '-'));

    private static ILocator Count(Window window, string word) => window.Page.Locator(".count", new() { HasText = word });

    private Task<Window> Desk() => browser.OpenAs(_app, Policies.Client, ["front-office"]);

    /// <summary>One visit that could be sent as it is, and one with a wrong time.</summary>
    public sealed class Observing : IAsyncLifetime
    {
        private AlurApp? _app;

        public AlurApp App => _app!;

        public async ValueTask InitializeAsync()
        {
            _app = await PagesApp.Start();
            var hospital = await new Hospital(_app).Open();
            var names = new JsonObject { ["namapoli"] = "Poli Anak", ["namadokter"] = "dr. Contoh" };
            foreach (var visit in (string[])[Ready, "2026/01/20/000102"])
            {
                await hospital.Visit(visit, payload: names);
                await hospital.Held(visit, "1", "OBSERVE_MODE");
            }

            foreach (var task in (string[])["3", "4", "5"])
            {
                await hospital.Held(Ready, task, "OBSERVE_MODE");
            }

            await hospital.Held("2026/01/20/000102", "3", "TIME_NOT_LATER");
            await hospital.Execute("update antrean.sites set last_poll_at = now(), last_poll_error = null where code = @site", []);
        }

        public async ValueTask DisposeAsync()
        {
            if (_app is not null)
            {
                await _app.DisposeAsync();
            }
        }
    }
}
