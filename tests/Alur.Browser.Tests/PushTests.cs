using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Microsoft.Playwright.Assertions;

namespace Alur.Browser.Tests;

/// <summary>Pages that are told of a change. The four seconds after which they would ask by themselves never pass, so that nothing but the line refreshes them.</summary>
public sealed class PushTests(Browser browser) : IAsyncLifetime
{
    private const string WithoutTheClock = """
        for (const timer of ['setTimeout', 'setInterval']) {
            const real = window[timer];
            window[timer] = (act, after, ...rest) => after === 4000 ? 0 : real.call(window, act, after, ...rest);
        }
        """;

    private const string Day = "/antrean?date=2026-01-20";
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private AlurApp? _app;
    private Hospital? _hospital;

    private AlurApp App => _app!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _app = await PagesApp.Start();
        _hospital = await new Hospital(_app).Open();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => App.DisposeAsync();

    [Theory]
    [InlineData(Day, "2026/01/20/000021")]
    [InlineData("/antrean/work?date=2026-01-20", "2026/01/20/000021")]
    public async Task What_is_committed_appears_without_the_clock_and_the_page_says_that_it_is_live(string page, string visit)
    {
        await using var window = await browser.OpenAs(App, Policies.Client, ["front-office"]);
        await window.Page.AddInitScriptAsync(WithoutTheClock);
        await window.Go(page);
        await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync();
        await Expect(window.Page.GetByText(visit)).ToHaveCountAsync(0);

        await Happen(visit);

        await Expect(window.Page.GetByText(visit).First).ToBeVisibleAsync();
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_visit_and_the_deliveries_are_told_too()
    {
        await Happen("2026/01/20/000022");
        foreach (var page in (string[])["/antrean/visits/2026%2F01%2F20%2F000022", "/antrean/deliveries"])
        {
            await using var window = await browser.OpenAs(App);
            await window.Page.AddInitScriptAsync(WithoutTheClock);
            await window.Go(page);
            await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync();

            var asked = await window.Page.RunAndWaitForRequestAsync(() => Happen("2026/01/20/000022"), request => request.Headers.ContainsKey("hx-request"));

            Assert.Contains(page.Split('/')[2], asked.Url, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cut_line_is_shown_and_when_it_is_back_the_page_has_what_happened_meanwhile()
    {
        await using var cable = new Cable(App.Address);
        await using var window = await browser.OpenAs(App, Policies.Client, ["front-office"], through: cable.Address);
        await window.Go(Day);
        await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync();

        cable.PullOut();
        await Expect(window.Page.Locator(".line-down")).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".line-up")).ToBeHiddenAsync();
        await Happen("2026/01/20/000023");
        cable.PutIn();

        await Expect(window.Page.GetByText("2026/01/20/000023").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(window.Page.Locator(".line-down")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Many_changes_at_once_are_asked_for_once_a_second_at_most()
    {
        await using var window = await browser.OpenAs(App);
        await window.Go(Day);
        await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync();
        var asked = 0;
        window.Page.Request += (_, request) => asked += request.Headers.ContainsKey("hx-request") ? 1 : 0;

        for (var i = 0; i < 20; i++) await Happen($"2026/01/20/0001{i:00}");
        await Expect(window.Page.GetByText("2026/01/20/000119").First).ToBeVisibleAsync(new() { Timeout = 15_000 });

        Assert.InRange(asked, 1, 19);
    }

    [Fact]
    public async Task A_message_is_handed_to_the_tab_once_and_acknowledged_and_the_tab_stays_one_device()
    {
        await using var window = await browser.OpenAs(App, Policies.Client, ["front-office"]);
        await window.Page.AddInitScriptAsync("document.addEventListener('alur:message', e => sessionStorage.setItem('heard', (sessionStorage.getItem('heard') ?? '') + e.detail.payload.text + ' '))");
        foreach (var text in (string[])["first", "second"])
        {
            await window.Go(Day);
            await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync();
            await SendToDevices(text);
            await Eventually.True(async () => await Count("websocket_message_queue") == 0);
        }

        Assert.Equal("first second ", await window.Page.EvaluateAsync<string>("() => sessionStorage.getItem('heard')"));
        Assert.Equal(1, await Count("websocket_connections"));
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task A_copy_of_a_tab_becomes_the_device_and_the_first_tab_another_one()
    {
        await using var window = await browser.OpenAs(App, Policies.Client, ["front-office"]);
        await window.Go(Day);
        await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync();
        var device = await window.Page.EvaluateAsync<string>("() => sessionStorage.getItem('alur:device')");
        var copy = await window.Page.Context.NewPageAsync();
        await copy.AddInitScriptAsync($"sessionStorage.setItem('alur:device', '{device}')");

        await copy.GotoAsync(Day);

        await Eventually.True(async () => await Count("websocket_connections where is_alive") == 2);
        await Expect(copy.Locator(".line-up")).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync();
        Assert.Equal(device, await copy.EvaluateAsync<string>("() => sessionStorage.getItem('alur:device')"));
        Assert.NotEqual(device, await window.Page.EvaluateAsync<string>("() => sessionStorage.getItem('alur:device')"));
    }

    private Task<int> SendToDevices(string text) => App.Database.App.Statement(
        """
        insert into realtime.websocket_message_queue (id, connection_id, event_type, payload, user_id, message_id)
        select gen_random_uuid(), connection_id, 'system_alert', jsonb_build_object('text', @text::text), user_id, gen_random_uuid() from realtime.websocket_connections
        """,
        ("text", text)).Run(default);

    private async Task<long> Count(string what) => (await App.Database.App.Statement("select count(*) from realtime." + what).Rows(r => r.GetInt64(0), default)).Single();

    private async Task Happen(string visit)
    {
        if (_read.Add(visit))
        {
            await _hospital!.Visit(visit);
            await _hospital.Held(visit, "1", "NO_SCHEDULE");
        }

        await using var connection = await App.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await using var site = new Npgsql.NpgsqlCommand("select id from antrean.sites where code = 'default'", connection, tx);
        var held = new NewEntry("antrean.TASK_HELD", new Actor("antrean", ActorKind.System), DateTimeOffset.UtcNow) { Metadata = """{"task":"1"}""" };
        var appended = await App.Services.GetRequiredService<AppendEntries>().Run(tx, [new StreamAppend(StreamId.Of("antrean.visit", $"{await site.ExecuteScalarAsync()}/{visit}"), [held])]);
        Assert.True(appended.Ok, appended.Error?.Message);
        await tx.CommitAsync();
    }
}
