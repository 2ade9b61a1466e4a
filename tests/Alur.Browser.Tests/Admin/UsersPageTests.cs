using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests.Admin;

public sealed class UsersPageTests(Browser browser, PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private const string Submit = "main form.form-wide button";

    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task Who_is_added_gets_a_link_that_is_shown_once_and_signs_in_with_the_password_chosen_there()
    {
        var email = NewEmail();
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/users");
        await Fill(admin, email, "Budi");
        await admin.Page.GetByLabel("front-office").CheckAsync();

        await admin.Follow(() => admin.Page.ClickAsync(Submit));

        var link = await admin.Page.InputValueAsync("#link");
        Assert.StartsWith(_app.Address.ToString(), link, StringComparison.Ordinal);
        Assert.Empty(await admin.Barriers());
        await admin.Go("/admin/users");
        Assert.Equal(0, await admin.Page.Locator("#link").CountAsync());
        await Assertions.Expect(Row(admin, email)).ToContainTextAsync("client, front-office");
        await Assertions.Expect(Row(admin, email)).ToContainTextAsync("belum pernah masuk");

        await using var holder = await browser.Open(_app);
        await holder.Go(new Uri(link).PathAndQuery);
        await holder.Page.FillAsync("#password", AlurApp.Password);
        await holder.Page.FillAsync("#again", AlurApp.Password);
        await holder.Follow(() => holder.Page.ClickAsync("main form button"));
        await holder.SignIn(email);
        await admin.Go("/admin/users");
        await Assertions.Expect(Row(admin, email)).ToContainTextAsync("aktif");
        Assert.Empty(admin.Complaints);
    }

    [Theory]
    [InlineData("id", "Sudah ada akun dengan alamat surel ini."), InlineData("en", "There is an account with the e-mail address")]
    public async Task Who_is_refused_reads_why_and_need_not_type_it_again(string language, string why)
    {
        var email = await _app.NewUser(Policies.Client);
        await using var admin = await browser.OpenAs(_app, language: language);
        await admin.Go("/admin/users");
        await Fill(admin, email, "Budi");
        await admin.Page.SelectOptionAsync("#role", "admin");

        await admin.Follow(() => admin.Page.ClickAsync(Submit));

        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(why);
        Assert.Equal(email, await admin.Page.InputValueAsync("#email"));
        Assert.Equal("Budi", await admin.Page.InputValueAsync("#name"));
        Assert.Equal("admin", await admin.Page.InputValueAsync("#role"));
    }

    [Fact]
    public async Task Grants_are_given_and_taken_by_ticking_them()
    {
        var email = await _app.NewUser(Policies.Client, "integration");
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/users");
        await admin.Follow(() => Row(admin, email).GetByRole(AriaRole.Link).ClickAsync());

        await admin.Page.GetByLabel("integration").UncheckAsync();
        await admin.Page.GetByLabel("front-office").CheckAsync();
        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Simpan hak" }).ClickAsync());

        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Hak tersimpan");
        await admin.Go("/admin/users");
        await Assertions.Expect(Row(admin, email)).ToContainTextAsync("client, front-office");
    }

    [Fact]
    public async Task An_account_is_disabled_only_after_a_question_and_can_be_enabled_again()
    {
        var email = await _app.NewUser(Policies.Client);
        await using var admin = await browser.OpenAs(_app);
        await admin.Go("/admin/users/" + Uri.EscapeDataString(email));
        var (questions, answer) = (new List<string>(), false);
        admin.Page.Dialog += (_, dialog) =>
        {
            questions.Add(dialog.Message);
            _ = answer ? dialog.AcceptAsync() : dialog.DismissAsync();
        };
        var disable = admin.Page.GetByRole(AriaRole.Button, new() { Name = "Nonaktifkan" });

        await disable.ClickAsync();
        Assert.Contains(email, Assert.Single(questions), StringComparison.Ordinal);
        await Assertions.Expect(disable).ToBeVisibleAsync();
        answer = true;
        await admin.Follow(() => disable.ClickAsync());

        await Assertions.Expect(admin.Page.Locator("dl .state")).ToHaveTextAsync("nonaktif");
        await using var holder = await browser.Open(_app);
        await holder.SignIn(email);
        await Assertions.Expect(holder.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("tidak cocok");
        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Aktifkan lagi" }).ClickAsync());
        await Assertions.Expect(admin.Page.Locator("dl .state")).ToHaveTextAsync("belum pernah masuk");
    }

    [Fact]
    public async Task Who_cannot_get_in_gets_a_new_link()
    {
        var email = await _app.NewUser(Policies.Client);
        await using var admin = await browser.OpenAs(_app, language: "en");
        await admin.Go("/admin/users/" + Uri.EscapeDataString(email));
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();

        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make a new link" }).ClickAsync());

        var link = new Uri(await admin.Page.InputValueAsync("#link"));
        using var stranger = _app.AsBrowser();
        Assert.Contains(email, await stranger.GetStringAsync(link.PathAndQuery), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_admin_stays_admin_and_reads_why()
    {
        await using var alone = await PagesApp.Start();
        await using var admin = await browser.Open(alone);
        var email = await alone.NewUser(Policies.Admin);
        await admin.SignIn(email, to: "/admin/users/" + Uri.EscapeDataString(email));
        admin.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await admin.Page.SelectOptionAsync("#role", "client");

        await admin.Follow(() => admin.Page.GetByRole(AriaRole.Button, new() { Name = "Simpan peran" }).ClickAsync());

        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Ini admin terakhir yang dapat masuk.");
        Assert.Equal("admin", await admin.Page.InputValueAsync("#role"));
    }

    [Fact]
    public async Task Who_is_no_admin_neither_sees_the_page_nor_finds_it()
    {
        await using var desk = await browser.OpenAs(_app, Policies.Client, ["front-office"]);

        Assert.Equal(403, await desk.Go("/admin/users"));

        await Assertions.Expect(desk.Page.Locator("main")).ToContainTextAsync("tidak termasuk hak Anda");
        Assert.Equal(0, await desk.Page.Locator("nav a[href^='/admin']").CountAsync());
    }

    private static ILocator Row(Window window, string email) => window.Page.Locator("tbody tr", new() { HasText = email });

    private static async Task Fill(Window window, string email, string name)
    {
        await window.Page.FillAsync("#email", email);
        await window.Page.FillAsync("#name", name);
    }

    private static string NewEmail() => $"{Guid.NewGuid():N}@rs-contoh.id";
}
