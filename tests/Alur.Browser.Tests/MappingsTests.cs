using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests;

/// <summary>Where Khanza's mappings are not BPJS's, as the people see it who keep the master data.</summary>
public sealed class MappingsTests(Browser browser, FilledApp fixture) : IClassFixture<FilledApp>
{
    private const string Address = "/antrean/mappings";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_difference_says_what_to_do_and_names_the_visits_that_it_concerns()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"], language: "en");
        await window.Go(Address);

        await Assertions.Expect(window.Page.Locator("#differences tbody tr")).ToHaveCountAsync(2);
        var clinic = window.Page.Locator("#differences tr", new() { HasText = "Poli Anak (ANX)" });
        await Assertions.Expect(clinic).ToContainTextAsync("Map it anew in Khanza");
        await clinic.Locator("summary").ClickAsync();

        await Assertions.Expect(clinic.GetByRole(AriaRole.Link)).ToHaveTextAsync(FilledApp.Today);
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task What_is_opened_stays_open_while_the_page_refreshes_itself()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go(Address);
        await window.Page.Locator("#lists summary").ClickAsync();
        var before = await window.Page.Locator(".as-of time").GetAttributeAsync("datetime");

        await Assertions.Expect(window.Page.Locator(".as-of time")).Not.ToHaveAttributeAsync("datetime", before!, new() { Timeout = 15_000 });

        await Assertions.Expect(window.Page.Locator("#lists")).ToHaveAttributeAsync("open", "");
        await Assertions.Expect(window.Page.Locator("#lists")).ToContainTextAsync("ref/poli");
    }

    [Fact]
    public async Task One_kind_is_chosen_and_stays_in_the_address()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go(Address);

        await window.Follow(() => window.Page.SelectOptionAsync("#kind", "CLINIC_UNKNOWN_AT_BPJS"));

        await Assertions.Expect(window.Page.Locator("#differences tbody tr")).ToHaveCountAsync(1);
        Assert.EndsWith(Address + "?kind=CLINIC_UNKNOWN_AT_BPJS", window.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_work_list_leads_to_the_differences_that_concern_visits_and_to_no_others()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go("/antrean/work");

        await window.Follow(() => window.Page.Locator(".to-do a").ClickAsync());

        Assert.EndsWith(Address + "?site=default&kind=CLINIC_UNKNOWN_AT_BPJS", window.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_steers_sending_may_have_the_lists_asked_for_and_is_told_when_that_is_impossible()
    {
        await using var looks = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await looks.Go(Address);
        await Assertions.Expect(looks.Page.Locator("main form[method=post]")).ToHaveCountAsync(0);

        await using var steers = await browser.OpenAs(_app, Policies.Client, ["front-office", "integration"]);
        await steers.Go(Address);
        await steers.Follow(() => steers.Page.GetByRole(AriaRole.Button, new() { Name = "Minta daftar BPJS lagi" }).ClickAsync());

        await Assertions.Expect(steers.Page.Locator("main > .alert-danger")).ToContainTextAsync("pengaturan BPJS rumah sakit ini belum lengkap");
    }
}
