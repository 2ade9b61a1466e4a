using System.Globalization;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alur.Browser.Tests.Admin;

public sealed class AuditPageTests(Browser browser, PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task What_an_admin_changed_is_found_by_action_and_shown_as_it_was_and_as_it_became()
    {
        var email = await _app.NewUser(Policies.Client, "integration");
        await Grant(email, "front-office");
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/audit");

        await admin.Follow(() => admin.Page.SelectOptionAsync("#action", "ROLE_CHANGE"));
        await admin.Follow(() => admin.Page.Locator("tbody tr").First.GetByRole(AriaRole.Link, new() { Name = email }).ClickAsync());

        Assert.Contains("action=ROLE_CHANGE", admin.Page.Url, StringComparison.Ordinal);
        Assert.Contains("resource_id=", admin.Page.Url, StringComparison.Ordinal);
        var row = admin.Page.Locator("tbody tr");
        await Assertions.Expect(row).ToHaveCountAsync(1);
        await Assertions.Expect(row.Locator("del")).ToHaveTextAsync("integration");
        await Assertions.Expect(row.Locator("ins")).ToHaveTextAsync("front-office");
        Assert.Empty(admin.Complaints);
    }

    [Fact]
    public async Task A_refused_sign_in_is_told_as_what_it_is_and_moments_are_those_of_the_clock_on_the_wall()
    {
        var email = await _app.NewUser(Policies.Client);
        await using (var stranger = await browser.Open(_app)) await stranger.SignIn(email, "not the password");
        await using var admin = await browser.OpenAs(_app);

        await admin.Go("/admin/audit?resource=sign_ins");
        await Assertions.Expect(admin.Page.Locator("tbody tr").First).ToContainTextAsync("gagal masuk");
        await Assertions.Expect(admin.Page.Locator("tbody tr").First).ToContainTextAsync("kata sandi salah");
        await admin.Go("/admin/audit?action=LOGIN");
        await Assertions.Expect(admin.Page.Locator("tbody tr").First).ToContainTextAsync("berlaku sampai");
        Assert.DoesNotMatch("[0-9]T[0-9]{2}:", await admin.Page.Locator("tbody").InnerTextAsync());
    }

    [Fact]
    public async Task Days_are_those_of_the_clock_on_the_wall_the_last_one_included()
    {
        await using var admin = await browser.OpenAs(_app);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById("Asia/Jakarta")).DateTime);

        await admin.Go($"/admin/audit?from={Iso(today)}&to={Iso(today.AddDays(1))}");
        Assert.NotEqual(0, await admin.Page.Locator("tbody tr").CountAsync());
        await admin.Go($"/admin/audit?to={Iso(today)}");
        Assert.NotEqual(0, await admin.Page.Locator("tbody tr").CountAsync());
        await admin.Go($"/admin/audit?to={Iso(today.AddDays(-1))}");
        await Assertions.Expect(admin.Page.Locator("main")).ToContainTextAsync("Tidak ada catatan seperti ini.");
    }

    [Theory]
    [InlineData("from=0001-01-01&to=9999-12-31", 200), InlineData("from=2026-02-30", 400), InlineData("action=SHOUT", 400), InlineData("after=x", 400), InlineData("who=me", 400)]
    public async Task An_odd_address_is_answered_with_a_page(string query, int status)
    {
        await using var admin = await browser.OpenAs(_app);

        Assert.Equal(status, await admin.Go("/admin/audit?" + query));
        Assert.Equal(1, await admin.Page.Locator("h1").CountAsync());
    }

    [Fact]
    public async Task The_file_holds_what_the_filters_found_and_nothing_else()
    {
        var email = await _app.NewUser(Policies.Client);
        await Grant(email, "integration");
        await using var admin = await browser.OpenAs(_app, language: "en");
        await admin.Go("/admin/audit?action=ROLE_CHANGE&from=2026-01-01");

        var download = await admin.Page.RunAndWaitForDownloadAsync(() => admin.Page.GetByRole(AriaRole.Link, new() { Name = "Download CSV" }).ClickAsync());

        Assert.EndsWith(".csv", download.SuggestedFilename, StringComparison.Ordinal);
        var lines = (await File.ReadAllTextAsync(await download.PathAsync())).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= 2);
        Assert.All(lines.Skip(1), line => Assert.Contains(",ROLE_CHANGE,", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_list_goes_on_behind_its_first_page()
    {
        for (var i = 0; i < 60; i++)
        {
            await _app.Services.GetRequiredService<ResetUser>().Run(await Someone(), withSecondFactor: false, AuditOrigin.System, CancellationToken.None);
        }

        await using var admin = await browser.OpenAs(_app, width: 390);
        await admin.Go("/admin/audit?action=UPDATE&resource=users");
        var first = await admin.Page.Locator("tbody tr time").First.GetAttributeAsync("datetime");

        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Link, new() { Name = "Berikutnya" }).ClickAsync());

        Assert.True(string.CompareOrdinal(await admin.Page.Locator("tbody tr time").First.GetAttributeAsync("datetime"), first) < 0);
        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Link, new() { Name = "Dari awal" }).ClickAsync());
        Assert.DoesNotContain("after=", admin.Page.Url, StringComparison.Ordinal);
        Assert.Equal(0, await admin.Overhang());
    }

    private string? _someone;

    private async Task<string> Someone() => _someone ??= await _app.NewUser(Policies.Client);

    private async Task Grant(string email, params string[] grants) =>
        Assert.True((await _app.Services.GetRequiredService<ChangeUser>().Grants(email, grants, AuditOrigin.System, CancellationToken.None)).Ok);

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
