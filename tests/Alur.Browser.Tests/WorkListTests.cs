using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests;

/// <summary>What does not get to BPJS, as the people see it who mend it.</summary>
public sealed class WorkListTests(Browser browser, FilledApp fixture) : IClassFixture<FilledApp>
{
    private const string TheDay = "/antrean/work?date=2026-01-20";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task Held_and_failed_tasks_and_blocked_visits_stand_under_their_causes_with_what_to_do_and_who_can_do_it()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);

        await window.Go(TheDay);

        await Assertions.Expect(window.Page.Locator("#causes tbody tr")).ToHaveCountAsync(4);
        await Assertions.Expect(window.Page.Locator("#cause-TIME_NOT_LATER")).ToContainTextAsync("Perbaiki jam yang keliru di Khanza");
        await Assertions.Expect(window.Page.Locator("#cause-TIME_NOT_LATER")).ToContainTextAsync("poliklinik");
        await Assertions.Expect(window.Page.Locator("#cause-CLINIC_UNMAPPED")).ToContainTextAsync("petugas data master");
        await Assertions.Expect(window.Page.Locator("#cause-FAILED")).ToContainTextAsync("administrator");
        await Assertions.Expect(window.Page.Locator("#visits tbody tr")).ToHaveCountAsync(4);
        await Assertions.Expect(window.Page.Locator("#visits")).ToContainTextAsync("Poli tidak ditemukan");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_cause_is_chosen_by_clicking_it_and_its_visits_lead_to_their_pages()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"], language: "en");
        await window.Go(TheDay);

        await window.Follow(() => window.Page.Locator("#cause-TIME_NOT_LATER a").ClickAsync());

        await Assertions.Expect(window.Page.Locator("#visits tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(window.Page.Locator("#causes tbody tr")).ToHaveCountAsync(4);
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = FilledApp.Visit })).ToHaveAttributeAsync("href", "/antrean/visits/2026%2F01%2F20%2F000001?site=default");
    }

    [Fact]
    public async Task Filters_act_when_they_are_chosen_and_stay_in_the_address()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go(TheDay);

        await window.Follow(() => window.Page.SelectOptionAsync("#mender", "master-data"));

        await Assertions.Expect(window.Page.Locator("#causes tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(window.Page.Locator("#visits tbody tr th a")).ToHaveTextAsync("2026/01/20/000002");
        Assert.EndsWith("/antrean/work?date=2026-01-20&mender=master-data", window.Page.Url, StringComparison.Ordinal);

        await window.Follow(() => window.Page.SelectOptionAsync("#poli_id", "101"));
        await Assertions.Expect(window.Page.Locator("#visits tbody tr")).ToHaveCountAsync(1);

        await window.Go(TheDay + "&poli_id=999");
        await Assertions.Expect(window.Page.Locator("#causes")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Without_a_day_only_what_can_still_be_mended_is_shown_and_every_failure()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);

        await window.Go("/antrean/work");

        await Assertions.Expect(window.Page.Locator("#visits")).ToContainTextAsync("2026/01/20/000003");
        await Assertions.Expect(window.Page.Locator("#visits")).Not.ToContainTextAsync("2026/01/20/000002");
        await Assertions.Expect(window.Page.Locator("#cause-NO_SCHEDULE")).ToContainTextAsync("HFIS");
        await Assertions.Expect(window.Page.Locator("#cause-DATE_UNREADABLE")).ToContainTextAsync("1");
    }

    [Fact]
    public async Task Everything_is_looked_at_again_by_a_button_that_says_when()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go("/antrean/work?reason=NO_SCHEDULE");

        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Baca dan nilai ulang semua" }).ClickAsync());

        await Assertions.Expect(window.Page.Locator(".alert-success")).ToContainTextAsync("dibaca dan dinilai ulang");
        Assert.EndsWith("/antrean/work?reason=NO_SCHEDULE", window.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_changes_by_itself_and_the_filters_stay_as_they_are_being_chosen()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);
        await window.Go("/antrean/work?date=2026-01-21");
        await Assertions.Expect(window.Page.Locator("#cause-TIME_WRONG_DAY")).ToHaveCountAsync(0);
        await window.Page.FocusAsync("#mender");

        await fixture.Hospital.Visit("2026/01/21/000001", Hospital.Morning.AddDays(1));
        await fixture.Hospital.Held("2026/01/21/000001", "3", "TIME_WRONG_DAY");

        await Assertions.Expect(window.Page.Locator("#cause-TIME_WRONG_DAY")).ToBeVisibleAsync(new() { Timeout = 15_000 });
        await Assertions.Expect(window.Page.Locator("#mender")).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("reason=NO_SUCH_REASON"), InlineData("mender=somebody"), InlineData("site=elsewhere"), InlineData("after=x"), InlineData("colour=red")]
    public async Task A_filter_that_nobody_knows_is_refused_and_not_ignored(string filter)
    {
        await using var window = await browser.OpenAs(_app, Policies.Client, ["front-office"]);

        Assert.InRange(await window.Go("/antrean/work?" + filter), 400, 404);
    }
}
