using Alur.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Alur.Browser.Tests;

/// <summary>The board as a front office uses it, on 20 January 2026 in Jakarta.</summary>
public sealed class BoardTests(Browser browser, FilledApp fixture) : IClassFixture<FilledApp>
{
    private const string Day = "/antrean?date=2026-01-20";

    [Fact]
    public async Task Each_visit_is_a_row_with_its_tasks_in_words_and_colour_on_the_hospitals_clock()
    {
        await using var window = await AsFrontOffice();
        await window.Go(Day);

        var row = window.Page.Locator("#visit-2026-01-20-000001");
        await Expect(row).ToContainTextAsync("terkirim 15:00"); // 08:00 UTC
        await Expect(row.Locator(".state-held")).ToHaveTextAsync("tertahan 15:00");
        await Expect(window.Page.Locator("#visit-2026-01-20-000003 .state-bad")).ToContainTextAsync("gagal");
    }

    [Fact]
    public async Task A_filter_acts_when_it_is_chosen_stands_in_the_address_and_survives_the_way_back()
    {
        await using var window = await AsFrontOffice();
        await window.Go(Day);

        await window.Follow(() => window.Page.SelectOptionAsync("#standing", "complete"));
        Assert.EndsWith("/antrean?date=2026-01-20&standing=complete", window.Page.Url, StringComparison.Ordinal);
        await Expect(window.Page.Locator(".empty-list")).ToContainTextAsync("Tidak ada kunjungan");
        await window.Page.GoBackAsync();

        await Expect(window.Page.Locator("tbody tr")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task What_happens_meanwhile_appears_within_five_seconds_without_a_reload_and_keeps_the_focus()
    {
        await using var app = await PagesApp.Start();
        var hospital = await new Hospital(app).Open();
        await hospital.Visit("2026/01/20/000009");
        await using var window = await browser.OpenAs(app);
        await window.Go(Day);
        await window.Page.EvaluateAsync("() => { window.before = true }");
        await window.Page.Locator("#visit-2026-01-20-000009 a").FocusAsync();

        await hospital.Visit("2026/01/20/000010");

        await Expect(window.Page.Locator("#visit-2026-01-20-000010")).ToBeVisibleAsync(new() { Timeout = 15_000 });
        Assert.True(await window.Page.EvaluateAsync<bool>("() => window.before"));
        Assert.Equal("2026/01/20/000009", await window.Page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Where_no_hospital_is_called_default_the_first_one_is_shown_and_the_others_can_be_chosen()
    {
        await using var app = await PagesApp.Start(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Antrean:Sites:rsud-a:Name"] = "RSUD A", ["Antrean:Sites:rsud-b:Name"] = "RSUD B" });
        await (await new Hospital(app, "rsud-b").Open()).Visit("2026/01/20/000011");
        await using var window = await browser.OpenAs(app);

        await window.Go("/antrean?date=2026-01-20");
        await Expect(window.Page.Locator("#site")).ToHaveValueAsync("rsud-a");
        await window.Follow(() => window.Page.SelectOptionAsync("#site", "rsud-b"));

        await Expect(window.Page.Locator("#visit-2026-01-20-000011")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_board_that_cannot_refresh_says_so_until_it_can()
    {
        await using var window = await AsFrontOffice();
        await window.Go(Day);

        await window.Page.Context.SetOfflineAsync(true);
        await Expect(window.Page.Locator(".stale")).ToBeVisibleAsync(new() { Timeout = 15_000 });
        await window.Page.Context.SetOfflineAsync(false);

        await Expect(window.Page.Locator(".stale")).ToBeHiddenAsync(new() { Timeout = 15_000 });
    }

    [Fact]
    public async Task Who_was_signed_out_meanwhile_is_led_to_the_sign_in_page_instead_of_an_old_board()
    {
        await using var window = await AsFrontOffice();
        await window.Go(Day);

        await window.Page.Context.ClearCookiesAsync(new() { Name = "alur_session" });

        await window.Page.WaitForURLAsync("**/sign-in?to=%2Fantrean%3Fdate%3D2026-01-20", new() { Timeout = 15_000 });
    }

    [Fact]
    public async Task A_visit_shows_what_to_do_who_can_and_what_happened()
    {
        await using var window = await AsFrontOffice();
        await window.Go(Day);

        await window.Follow(() => window.Page.Locator("#visit-2026-01-20-000001 a").ClickAsync());

        await Expect(window.Page.Locator(".to-do")).ToContainTextAsync("Waktu task tidak lebih akhir dari task sebelumnya.");
        await Expect(window.Page.Locator(".to-do")).ToContainTextAsync("poliklinik");
        await Expect(window.Page.Locator(".history li").First).ToContainTextAsync("teramati");
    }

    [Fact]
    public async Task A_time_that_cannot_be_read_is_nowhere_shown_as_midnight()
    {
        const string Visit = "2026/02/03/000001";
        var midnight = new DateTimeOffset(2026, 2, 3, 0, 0, 0, TimeSpan.FromHours(7)).ToUniversalTime();
        await fixture.Hospital.Visit(Visit, midnight, blocked: ["TIME_UNREADABLE"]);
        await fixture.Hospital.Held(Visit, "1", "TIME_UNREADABLE", midnight);
        await fixture.Hospital.Execute($"with seen as (update antrean.tasks set first_seen_at = now() where visit_id = '{Visit}') update antrean.visits set event_time = null where visit_id = '{Visit}'", []);
        await using var window = await AsFrontOffice();

        await window.Go("/antrean/visits/" + Uri.EscapeDataString(Visit));
        await Expect(window.Page.Locator(".history li").First).ToContainTextAsync("jamnya tidak terbaca");
        Assert.DoesNotContain("3 Feb 00:00:00", await window.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await window.Go("/antrean?date=2026-02-03");
        Assert.DoesNotContain("00:00", await window.Page.Locator("tbody").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Null((await fixture.App.GetData($"/api/antrean/tasks?visit_id={Visit}"))[0]!["waktu"]);
        Assert.Null((await fixture.App.GetData($"/api/antrean/visits/{Uri.EscapeDataString(Visit)}/history"))[0]!["waktu"]);
    }

    [Fact]
    public async Task Of_a_booking_the_board_says_that_its_hour_is_that_of_the_practice()
    {
        const string Visit = "2026/02/04/000001";
        await fixture.Hospital.Visit(Visit, new DateTimeOffset(2026, 2, 4, 0, 0, 0, TimeSpan.Zero));
        await fixture.Hospital.Execute($"update antrean.visits set kind = 'MOBILE_JKN' where visit_id = '{Visit}'", []);
        await fixture.Hospital.Draft(Visit, "1");
        await using var window = await AsFrontOffice();

        await window.Go("/antrean?date=2026-02-04");
        await Expect(window.Page.Locator("tbody td").First).ToHaveTextAsync("07:00mulai praktik");
        await window.Go("/antrean/visits/" + Uri.EscapeDataString(Visit));
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("Dipesan di Mobile JKN, praktik mulai");
    }

    [Fact]
    public async Task A_visit_says_once_what_stops_its_tasks_and_what_to_do_about_it()
    {
        const string Visit = "2026/02/05/000001";
        var day = new DateTimeOffset(2026, 2, 5, 8, 0, 0, TimeSpan.Zero);
        await fixture.Hospital.Visit(Visit, day, blocked: ["CLINIC_UNMAPPED"]);
        await fixture.Hospital.Held(Visit, "1", "CLINIC_UNMAPPED", day);
        foreach (var task in (string[])["3", "4", "5"]) await fixture.Hospital.Held(Visit, task, "REGISTER_NOT_SENT", day);
        await using var window = await AsFrontOffice();

        await window.Go("/antrean/visits/" + Uri.EscapeDataString(Visit));

        await Expect(window.Page.Locator(".to-do li")).ToHaveCountAsync(2);
        await Expect(window.Page.Locator(".to-do li").First).ToContainTextAsync("Petakan polikliniknya di Khanza");
        await Expect(window.Page.Locator(".to-do li").Last).ToContainTextAsync("3 Tunggu poli, 4 Layan poli, 5 Selesai poli: Pendaftaran antrean belum diterima BPJS.");
        await Expect(window.Page.Locator(".facts")).ToContainTextAsync("tidak dapat didaftarkan");
        Assert.DoesNotContain("BLOCKED_BPJS", await window.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_try_that_was_opened_stays_open_while_the_page_refreshes()
    {
        await using var window = await AsFrontOffice();
        await window.Go("/antrean/visits/2026%2F01%2F20%2F000003");
        await window.Page.Locator(".attempt summary").First.ClickAsync();
        var asOf = await window.Page.Locator(".as-of time").TextContentAsync();

        await Expect(window.Page.Locator(".as-of time")).Not.ToHaveTextAsync(asOf!, new() { Timeout = 15_000 });

        await Expect(window.Page.Locator(".attempt pre").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Having_a_visit_judged_anew_says_what_will_happen_or_why_not()
    {
        await using var window = await AsFrontOffice();
        await window.Go("/antrean/visits/2026%2F01%2F20%2F000001");

        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Baca dan nilai ulang" }).ClickAsync());

        await Expect(window.Page.Locator("main > .alert-danger")).ToContainTextAsync("lebih lama");
        Assert.EndsWith("/antrean/visits/2026%2F01%2F20%2F000001", window.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_that_nobody_chose_are_left_out_of_the_address_without_script_too()
    {
        using var reader = await fixture.App.AsReader("client", "front-office");

        using var answer = await reader.GetAsync("/antrean?date=2026-01-20&poli_id=&standing=");

        Assert.Equal("/antrean?date=2026-01-20", answer.Headers.Location?.OriginalString);
    }

    private Task<Window> AsFrontOffice() => browser.OpenAs(fixture.App, "client", ["front-office"]);
}
