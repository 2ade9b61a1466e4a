using System.Text.Json.Nodes;
using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests.Admin;

public sealed class ConsumersPageTests(Browser browser, PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_consumer_that_stopped_says_where_and_why_and_goes_on_behind_that_entry()
    {
        var name = await Consumer("state, position, failed_position, error", "'FAILED', 6, 7, 'InvalidOperationException: no such clinic'");
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/consumers");
        await Assertions.Expect(Row(admin, name)).ToContainTextAsync("di entri 7: InvalidOperationException: no such clinic");
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();

        await admin.Page.SelectOptionAsync("#reset-name", name);
        await admin.Page.FillAsync("#position", "7");
        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Pindahkan" }).ClickAsync());
        await Assertions.Expect(Row(admin, name)).ToContainTextAsync("dijeda");
        await admin.Follow(() => Row(admin, name).GetByRole(AriaRole.Button, new() { Name = "Lanjutkan" }).ClickAsync());

        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Status)).ToContainTextAsync(name + ": dilanjutkan.");
        await Assertions.Expect(Row(admin, name)).ToContainTextAsync("berjalan");
        Assert.Equal(["7 RUNNING"], await _app.Database.Column($"select position || ' ' || state from journal.consumers where name = '{name}'"));
        Assert.Empty(admin.Complaints);
    }

    [Fact]
    public async Task Each_order_is_in_the_audit_with_who_gave_it_and_what_it_replaced()
    {
        var name = await Consumer("position", "5");
        await using var admin = await browser.OpenAs(_app, language: "en");
        await admin.Go("/admin/consumers");
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();

        await admin.Follow(() => Row(admin, name).GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync());

        var entry = JsonNode.Parse(Assert.Single(await _app.Database.Column(
            $"select jsonb_build_array(performed_by, old_values, new_values)::text from audit.audit_logs where resource = 'journal_consumers' and resource_id = '{name}'")))!;
        Assert.StartsWith("user:", (string)entry[0]!, StringComparison.Ordinal);
        Assert.Equal("RUNNING 5", $"{entry[1]!["state"]} {entry[1]!["position"]}");
        Assert.Equal("pause", (string?)entry[2]!["order"]);
    }

    [Fact]
    public async Task A_consumer_that_is_not_there_is_refused_in_words()
    {
        var name = await Consumer("position", "0");
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/consumers");
        await _app.Database.Execute($"delete from journal.consumers where name = '{name}'");
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await admin.Page.SelectOptionAsync("#reset-name", name);
        await admin.Page.FillAsync("#position", "1");

        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Pindahkan" }).ClickAsync());

        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("belum pernah berjalan di sini");
    }

    [Fact]
    public async Task The_page_says_what_it_is_about_and_offers_to_move_nothing_that_has_to_stay()
    {
        await _app.Database.Execute("insert into journal.consumers (name) values ('journal.seal') on conflict do nothing");
        await Consumer("position", "0");
        await using var admin = await browser.OpenAs(_app);

        await admin.Go("/admin/consumers");

        await Assertions.Expect(admin.Page.Locator("main")).ToContainTextAsync("bagian Alur yang mengikuti jurnal");
        await Assertions.Expect(Row(admin, "journal.seal")).ToBeVisibleAsync();
        await Assertions.Expect(admin.Page.Locator("#reset-name option", new() { HasText = "journal.seal" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task One_that_waits_for_others_says_since_when_and_why()
    {
        var name = await Consumer("waits_since, waits_for", "now(), 'Kafka at kafka:9092 does not take anything at the moment: Connection refused.'");
        await using var admin = await browser.OpenAs(_app);

        await admin.Go("/admin/consumers");

        await Assertions.Expect(Row(admin, name)).ToContainTextAsync("menunggu sejak");
        await Assertions.Expect(Row(admin, name)).ToContainTextAsync("Connection refused");
    }

    private static ILocator Row(Window window, string name) => window.Page.Locator("tbody tr", new() { HasText = name });

    private async Task<string> Consumer(string columns, string values)
    {
        var name = $"test.a{Guid.NewGuid():N}";
        await _app.Database.Execute($"insert into journal.consumers (name, {columns}) values ('{name}', {values})");
        return name;
    }
}
