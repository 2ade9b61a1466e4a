using Alur.Platform.Identity;
using Alur.Platform.Notifications;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Alur.Browser.Tests;

/// <summary>The bell, the list behind it, and how people choose to be told.</summary>
public sealed class NotificationTests(Browser browser, PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private static readonly LocatorAssertionsToBeVisibleOptions InTwoMinutes = new() { Timeout = 60_000 };

    // The list as it is read: a copy that nothing refreshes, also not an answer that is on its way.
    private const string Still = """
        () => {
            const list = document.querySelector('#notifications'), copy = list.cloneNode(true);
            for (const name of list.getAttributeNames()) copy.removeAttribute(name);
            list.replaceWith(copy);
        }
        """;

    private readonly AlurApp _app = fixture.App;

    [Fact]
    [Trait("Spec", "D-240")]
    public async Task The_bell_counts_at_once_what_is_told_and_says_so_and_leads_to_the_list()
    {
        var (email, id) = await Person();
        await using var window = await Open(email, "/account");
        await Expect(Count(window)).ToBeHiddenAsync();
        await Expect(window.Page.Locator("html.is-live")).ToHaveCountAsync(1);

        await Tell(id, "Server dimulai ulang");

        await Expect(Count(window)).ToHaveTextAsync("1");
        await Expect(window.Page.Locator("#bell-said")).ToHaveTextAsync("Pemberitahuan, 1 belum dibaca");
        await window.Page.Locator("#bell").FocusAsync();
        await window.Follow(() => window.Page.Keyboard.PressAsync("Enter"));
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Server dimulai ulang" })).ToBeVisibleAsync();
        Assert.Empty(await window.Barriers());
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Two_browsers_of_one_person_are_told_and_what_is_read_in_one_is_read_in_the_other()
    {
        var (email, id) = await Person();
        await using var desk = await Open(email, "/notifications");
        await using var phone = await Open(email, "/notifications", width: 390);
        foreach (var window in (Window[])[desk, phone]) await Expect(window.Page.Locator(".line-up")).ToBeVisibleAsync();

        await Tell(id, "satu");
        await Tell(id, "dua", NotificationPriority.Critical);

        foreach (var window in (Window[])[desk, phone])
        {
            await Expect(Count(window)).ToHaveTextAsync("2");
            await Expect(window.Page.Locator(".notice-unread")).ToHaveCountAsync(2);
        }

        await desk.Follow(() => desk.Page.GetByRole(AriaRole.Button, new() { Name = "Tandai semua sudah dibaca" }).ClickAsync());
        await Expect(desk.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("2 pemberitahuan ditandai");
        await Expect(Count(desk)).ToBeHiddenAsync();
        await Expect(phone.Page.Locator(".notice-unread")).ToHaveCountAsync(0, new() { Timeout = 15_000 });
        await Tell(id, "tiga");
        await Expect(Count(phone)).ToHaveTextAsync("1");
        Assert.Equal(0, await phone.Overhang());
    }

    [Fact]
    public async Task What_came_while_somebody_read_stays_unread_when_they_mark_all()
    {
        var (email, id) = await Person();
        await Tell(id, "lama");
        await using var window = await Open(email, "/notifications");
        await window.Page.EvaluateAsync(Still);
        await Tell(id, "baru");

        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Tandai semua sudah dibaca" }).ClickAsync());

        await Expect(window.Page.Locator(".notice-unread")).ToHaveCountAsync(1);
        await Expect(window.Page.Locator(".notice-unread")).ToContainTextAsync("baru");
        await Expect(Count(window)).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task A_list_is_filtered_in_its_address_and_one_is_marked_by_keyboard()
    {
        var (email, id) = await Person();
        await Tell(id, "penting", NotificationPriority.High);
        await Tell(id, "biasa");
        await using var window = await Open(email, "/notifications", language: "en");

        await window.Follow(() => window.Page.SelectOptionAsync("#priority", "high"));
        Assert.EndsWith("?priority=high", window.Page.Url, StringComparison.Ordinal);
        await Expect(window.Page.Locator(".notice")).ToHaveCountAsync(1);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Mark as read: penting" }).FocusAsync();
        await window.Follow(() => window.Page.Keyboard.PressAsync("Enter"));

        Assert.EndsWith("?priority=high", window.Page.Url, StringComparison.Ordinal);
        await Expect(window.Page.Locator(".notice-unread")).ToHaveCountAsync(0);
        await Expect(Count(window)).ToHaveTextAsync("1");
        await window.Follow(() => window.Page.SelectOptionAsync("#priority", ""));
        await window.Follow(() => window.Page.SelectOptionAsync("#unread", "true"));
        await Expect(window.Page.Locator(".notice h2")).ToHaveTextAsync("Unread: biasa");
    }

    [Fact]
    public async Task After_a_cut_line_the_bell_has_what_was_told_meanwhile()
    {
        var (email, id) = await Person();
        await using var cable = new Cable(_app.Address);
        await using var window = await Open(email, "/account", through: cable.Address);
        await Expect(window.Page.Locator("html.is-live")).ToHaveCountAsync(1);

        cable.PullOut();
        await Expect(window.Page.Locator("html.is-cut")).ToHaveCountAsync(1);
        await Tell(id, "selagi putus");
        cable.PutIn();

        await Expect(Count(window)).ToBeVisibleAsync(InTwoMinutes);
        await Expect(Count(window)).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task How_to_be_told_is_chosen_on_a_page_and_holds()
    {
        var (email, id) = await Person();
        await using var window = await Open(email, "/notifications/preferences");
        Assert.Empty(await window.Barriers());
        await Expect(window.Page.Locator("main")).ToContainTextAsync("yang sebelumnya tidak");
        await window.Page.UncheckAsync("input[value=system_announcement]");
        await window.Page.SelectOptionAsync("select[name=email_new_feature]", "medium");
        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Simpan" }).ClickAsync());

        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("disimpan");
        await Expect(window.Page.Locator("input[value=system_announcement]")).Not.ToBeCheckedAsync();
        await Expect(window.Page.Locator("input[value=new_feature]")).ToBeCheckedAsync();
        await Expect(window.Page.Locator("select[name=email_new_feature]")).ToHaveValueAsync("medium");
        await Tell(id, "tidak mau");
        await Tell(id, "harus", NotificationPriority.Critical);
        await window.Go("/notifications");
        await Expect(window.Page.Locator(".notice h2")).ToHaveTextAsync("Belum dibaca: harus");
    }

    private static ILocator Count(Window window) => window.Page.Locator("#bell .bell-count");

    private async Task<(string Email, Guid Id)> Person()
    {
        var email = await _app.NewUser(Policies.Client, "front-office");
        await using var command = _app.Database.Owner.CreateCommand("select id from identity.users where email = $1");
        command.Parameters.Add(new() { Value = email });
        return (email, (Guid)(await command.ExecuteScalarAsync())!);
    }

    private async Task<Window> Open(string email, string page, int width = 1280, string language = "id", Uri? through = null)
    {
        var window = await browser.Open(_app, width, language: language, through: through);
        await window.SignIn(email, to: page);
        return window;
    }

    private async Task Tell(Guid person, string title, NotificationPriority priority = NotificationPriority.Medium)
    {
        await using var connection = await _app.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var notify = _app.Services.GetRequiredService<Notify>();
        var told = await notify.Run(tx, [new NewNotification(Audience.People(person), NotificationType.SystemAnnouncement, title, "Isi.", priority)], CancellationToken.None);
        await tx.CommitAsync();
        notify.Wake(told);
    }
}
