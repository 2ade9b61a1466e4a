using Alur.Platform.Leases;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Alur.Browser.Tests.Admin;

public sealed class HealthPageTests(Browser browser, FilledApp fixture) : IClassFixture<FilledApp>
{
    private readonly AlurApp _app = fixture.App;

    [Theory]
    [InlineData("id", "kunjungan berhenti karena ada pengiriman yang gagal", "Lihat sebabnya"), InlineData("en", "visit stands still behind a failed delivery", "See why")]
    public async Task What_the_doctor_finds_is_told_with_what_to_do_the_worst_first(string language, string found, string toDo)
    {
        await using var admin = await browser.OpenAs(_app, language: language);

        await admin.Go("/admin/health");

        var lines = admin.Page.Locator(".findings li");
        await Assertions.Expect(lines.Filter(new() { HasText = found })).ToContainTextAsync(toDo);
        await Assertions.Expect(lines.First.Locator(".state-bad")).ToHaveCountAsync(1);
        await Assertions.Expect(lines.Last.Locator(".state-good")).ToHaveCountAsync(1);
        await Assertions.Expect(admin.Page.Locator("#standing th", new() { HasText = "webhook panjangpanjang" })).ToHaveCountAsync(1);
        Assert.DoesNotContain("hook:0199", await admin.Page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.DoesNotContain("Password", await admin.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(admin.Complaints);
    }

    [Fact]
    public async Task An_open_breaker_is_closed_after_a_question_and_the_audit_knows_who_did_it()
    {
        const string Name = "test:clinic";
        await _app.Database.Execute($"insert into platform.breakers (name, state, opened_at, retry_at, last_error) values ('{Name}', 'OPEN', now(), now() + interval '5 minutes', 'no route')");
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/health");
        var row = admin.Page.Locator("tbody tr", new() { HasText = Name });
        await Assertions.Expect(row).ToContainTextAsync("terputus, mencoba lagi");
        await Assertions.Expect(row).ToContainTextAsync("no route");
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();

        await admin.Follow(() => row.GetByRole(AriaRole.Button, new() { Name = "Coba lagi sekarang" }).ClickAsync());

        await Assertions.Expect(row).ToContainTextAsync("tidak ada gangguan");
        Assert.Equal(["UPDATE"], await _app.Database.Column($"select action from audit.audit_logs where resource = 'resilience' and resource_id = '{Name}' and performed_by like 'user:%'"));
    }

    [Fact]
    public async Task Who_is_at_work_and_what_is_paused_appear_without_a_reload()
    {
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/health");
        await Assertions.Expect(admin.Page.Locator("#standing")).ToContainTextAsync("bpjs:default");

        await _app.Services.GetRequiredService<LeaseStore>().TryTake("test.duty", "server-7:4711:abc", TimeSpan.FromMinutes(5));
        await _app.Database.Execute("update delivery.channels set paused_until = 'infinity', paused_reason = 'BPJS pindah alamat' where name = 'bpjs:default'");

        await Assertions.Expect(admin.Page.Locator("#standing dl").First).ToContainTextAsync("server-7:4711", new() { Timeout = 10_000 });
        await Assertions.Expect(admin.Page.Locator("#standing")).ToContainTextAsync("BPJS pindah alamat");
        Assert.True(await admin.Page.Locator(".findings li").CountAsync() >= 4, "The refresh took the doctor's findings away.");
        await _app.Database.Execute("update delivery.channels set paused_until = null, paused_reason = null where name = 'bpjs:default'");
        Assert.Empty(admin.Complaints);
    }
}
