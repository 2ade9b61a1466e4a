using Alur.Platform.Pages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Browser.Tests;

/// <summary>What holds of every page that there is: a new one is looked at by being mapped.</summary>
public sealed class EveryPageTests(Browser browser, FilledApp fixture) : IClassFixture<FilledApp>
{
    public static TheoryData<string, string?, int> Looks => new()
    {
        { "id", "light", 1280 },
        { "en", "dark", 1280 },
        { "id", "dark", 390 },
        { "en", "light", 390 },
    };

    /// <summary>Addresses of pages that are read, with something that is there for each value in them.</summary>
    private List<string> Pages =>
    [
        .. fixture.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IsPage>() is not null && e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("GET"))
            .Select(e => fixture.Filled("/" + e.RoutePattern.RawText!.Trim('/'))).OfType<string>(),
    ];

    [Theory, MemberData(nameof(Looks))]
    public async Task No_page_has_a_serious_barrier_or_a_complaint_or_is_wider_than_the_window(string language, string? theme, int width)
    {
        await using var window = await browser.OpenAs(fixture.App, width: width, language: language, theme: theme);
        await fixture.Announce();
        List<string> wrong = [];
        foreach (var page in Pages)
        {
            var status = await window.Go(page);
            wrong.AddRange(status == 200 ? [] : [$"{page}: {status}"]);
            wrong.AddRange((await window.Barriers()).Select(barrier => $"{page}: {barrier}"));
            wrong.AddRange(await window.Overhang() is > 0 and var overhang ? [$"{page}: {overhang} px too wide"] : []);
            wrong.AddRange(window.Complaints.Select(complaint => $"{page}: {complaint}"));
            window.Complaints.Clear();
        }

        Assert.True(Pages.Count >= 2, "The pages are not found any more.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_page_says_where_one_is_and_can_be_reached_by_keyboard_alone()
    {
        await using var window = await browser.OpenAs(fixture.App);
        foreach (var page in Pages.Where(page => page != "/"))
        {
            await window.Go(page);
            Assert.Equal(1, await window.Page.Locator("h1").CountAsync());
            Assert.EndsWith(" · Alur", await window.Page.TitleAsync(), StringComparison.Ordinal);
            await window.Page.Keyboard.PressAsync("Tab");
            if (await window.Page.Locator("[autofocus]").CountAsync() == 0)
            {
                Assert.Equal("skip", await window.Page.EvaluateAsync<string>("() => document.activeElement.className"));
            }
        }
    }
}
