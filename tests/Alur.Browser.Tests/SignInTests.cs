using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests;

public sealed class SignInTests(Browser browser, PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private readonly AlurApp _app = fixture.App;

    [Fact]
    public async Task A_stranger_is_led_to_the_sign_in_page_and_from_there_to_where_they_wanted_to_go()
    {
        var email = await _app.NewUser(Policies.Admin);
        await using var window = await browser.Open(_app);

        await window.Go("/nowhere?x=1");
        Assert.EndsWith("/sign-in?to=%2Fnowhere%3Fx%3D1", window.Page.Url, StringComparison.Ordinal);
        await window.Page.FillAsync("#email", email);
        await window.Page.FillAsync("#password", AlurApp.Password);
        await window.Follow(() => window.Page.Keyboard.PressAsync("Enter"));

        Assert.EndsWith("/nowhere?x=1", window.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_button_for_the_other_language_names_it_as_it_is_written()
    {
        await using var window = await browser.Open(_app, language: "en");
        await window.Go("/sign-in");

        Assert.Equal("Bahasa Indonesia", await window.Page.Locator("button[name=language]").InnerTextAsync());
    }

    [Fact]
    public async Task The_first_link_makes_an_account_that_can_sign_in_at_once_and_has_no_barrier()
    {
        await using var app = await PagesApp.Start();
        var link = app.Printed.Split(' ', '\n').Single(word => word.Contains("/setup/", StringComparison.Ordinal));
        await using var window = await browser.Open(app, width: 390);
        await window.Go(link);
        Assert.Empty(await window.Barriers());

        await window.Page.FillAsync("#email", "rina@rs-contoh.id");
        await window.Page.FillAsync("#name", "Ibu Rina");
        await window.Page.FillAsync("#password", AlurApp.Password);
        await window.Page.FillAsync("#again", "sesuatu yang lain sama sekali");
        await window.Follow(() => window.Page.Keyboard.PressAsync("Enter"));
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("tidak sama");
        await window.Page.FillAsync("#email", "rina@rs-contoh.id");
        await window.Page.FillAsync("#name", "Ibu Rina");
        await window.Page.FillAsync("#password", AlurApp.Password);
        await window.Page.FillAsync("#again", AlurApp.Password);
        await window.Follow(() => window.Page.Keyboard.PressAsync("Enter"));
        await window.Follow(() => window.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Masuk" }).ClickAsync());
        await window.SignIn("rina@rs-contoh.id");

        Assert.EndsWith("/antrean", window.Page.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/"), InlineData("//evil.example/"), InlineData("/\\evil.example"), InlineData("javascript:alert(1)")]
    public async Task Nobody_is_led_from_the_sign_in_page_to_another_server(string to)
    {
        await using var window = await browser.Open(_app);

        await window.SignIn(await _app.NewUser(Policies.Client), to: to);

        Assert.Equal(_app.Address.Authority, new Uri(window.Page.Url).Authority);
    }

    [Theory]
    [InlineData("id", "tidak cocok"), InlineData("en", "is not right")]
    public async Task Who_is_refused_reads_why_in_their_language_and_need_not_type_the_address_again(string language, string why)
    {
        var email = await _app.NewUser(Policies.Client);
        await using var window = await browser.Open(_app, language: language);

        await window.SignIn(email, "not the password");

        await Assertions.Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(why);
        Assert.Equal(email, await window.Page.InputValueAsync("#email"));
        Assert.Equal("", await window.Page.InputValueAsync("#password"));
    }

    [Fact]
    public async Task Language_and_colours_change_where_one_is_and_stay()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client);

        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "English" }).ClickAsync());
        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync());
        await window.Go("/");

        await Assertions.Expect(window.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Assertions.Expect(window.Page.Locator("html")).ToHaveAttributeAsync("data-bs-theme", "dark");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Who_signs_out_is_out()
    {
        await using var window = await browser.OpenAs(_app, Policies.Client);

        await window.Follow(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Keluar" }).ClickAsync());
        await window.Go("/");

        Assert.Contains("/sign-in", window.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_another_site_can_sign_nobody_in_or_out()
    {
        using var reader = await _app.AsReader(Policies.Client);
        using var form = new FormUrlEncodedContent([new("to", "/")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Content = form, Headers = { { "Origin", "https://evil.example" } } };

        using var refused = await reader.SendAsync(request);

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
        using var still = await reader.GetAsync("/");
        Assert.NotEqual("/sign-in?to=%2F", still.Headers.Location?.OriginalString);
    }
}
