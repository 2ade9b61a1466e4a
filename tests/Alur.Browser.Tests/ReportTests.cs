using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests;

/// <summary>The day's report, as it is read, passed on and printed.</summary>
public sealed class ReportTests(Browser browser, FilledApp fixture) : IClassFixture<FilledApp>
{
    private const string TheDay = "/antrean/report?date=2026-01-20";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_day_is_counted_by_task_and_by_what_holds_it_first()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"], language: "en");

        await window.Go(TheDay);

        await Assertions.Expect(window.Page.Locator(".count", new() { HasText = "Visits read" }).Locator("b")).ToHaveTextAsync("3");
        await Assertions.Expect(window.Page.Locator("#reasons tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(window.Page.Locator("#reasons tr", new() { HasText = "no BPJS code" })).ToContainTextAsync("master data");
        await Assertions.Expect(window.Page.Locator("#tasks tbody tr")).ToHaveCountAsync(4);
        await Assertions.Expect(window.Page.Locator("main")).ToContainTextAsync("2026/00/00/000009");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_cause_leads_to_its_visits_on_the_work_list()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go(TheDay);

        await window.Follow(() => window.Page.Locator("#reasons tr", new() { HasText = "belum dipetakan" }).Locator("th a").ClickAsync());

        Assert.EndsWith("/antrean/work?site=default&date=2026-01-20&reason=CLINIC_UNMAPPED", window.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(window.Page.Locator("#visits tbody tr")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Profiles_that_cannot_be_compared_cost_the_report_nothing_else()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go(TheDay);

        await window.Follow(() => window.Page.SelectOptionAsync("#profiles", "true"));

        await Assertions.Expect(window.Page.Locator(".alert-danger", new() { HasText = "Profil tidak dapat dibandingkan" })).ToContainTextAsync("belum diisi");
        await Assertions.Expect(window.Page.Locator("#tasks tbody tr")).ToHaveCountAsync(4);
    }

    [Fact]
    public async Task Paper_is_white_whatever_the_screen_is()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"], theme: "dark");
        await window.Go(TheDay);

        await window.Page.EmulateMediaAsync(new() { Media = Media.Print });

        foreach (var part in (string[])["body", ".count", "#tasks td", "#reasons th"])
        {
            await Assertions.Expect(window.Page.Locator(part).First).ToHaveCSSAsync("background-color", "rgb(255, 255, 255)");
        }

        await Assertions.Expect(window.Page.Locator("#tasks td").First).ToHaveCSSAsync("color", "rgb(0, 0, 0)");
        await Assertions.Expect(window.Page.Locator("h1")).ToHaveCSSAsync("color", "rgb(0, 0, 0)");
    }

    [Fact]
    public async Task The_report_and_the_work_list_say_how_each_counts()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"], language: "en");

        await window.Go(TheDay);
        await Assertions.Expect(window.Page.Locator("main")).ToContainTextAsync("Each visit is counted once, under its first cause");
        await window.Go("/antrean/work?date=2026-01-20");
        await Assertions.Expect(window.Page.Locator("main")).ToContainTextAsync("A visit is counted under every cause that stops it");
        await window.Go("/antrean/report?date=2026-03-03");
        await Assertions.Expect(window.Page.Locator(".empty-list").First).ToContainTextAsync("No visit has been read for this day yet.");
    }

    [Fact]
    public async Task On_paper_only_the_report_itself_is_left()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go(TheDay);

        await window.Page.EmulateMediaAsync(new() { Media = Media.Print });

        await Assertions.Expect(window.Page.Locator("#reasons")).ToBeVisibleAsync();
        await Assertions.Expect(window.Page.Locator(".filters")).ToBeHiddenAsync();
        await Assertions.Expect(window.Page.Locator(".side")).ToBeHiddenAsync();
    }
}
