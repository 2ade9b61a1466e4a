using Alur.Platform.Identity;
using Alur.Testing;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Alur.Browser.Tests.Browser))]

namespace Alur.Browser.Tests;

/// <summary>One headless Chromium for all tests of this project; each test has a window of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/local/bin/google-chrome"];

    // A sandbox needs rights that a container or root has not; nothing but our own pages is opened. The others keep it from calling home.
    private static readonly string[] Switches = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        var program = Programs.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("There is no Chromium to look at pages with: apt-get install chromium, or on Ubuntu a Google Chrome.");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = Switches });
    }

    /// <summary>A window in which nobody is signed in; <paramref name="through"/> leads to the server by another address.</summary>
    public async Task<Window> Open(AlurApp app, int width = 1280, int height = 900, string language = "id", string? theme = null, Uri? through = null)
    {
        var address = (through ?? app.Address).ToString();
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { BaseURL = address, ViewportSize = new ViewportSize { Width = width, Height = height } });
        await context.AddCookiesAsync([Choice("alur_language", language), Choice("alur_theme", theme ?? "auto")]);
        return await Window.Open(context, app);

        Cookie Choice(string name, string value) => new() { Name = name, Value = value, Url = address };
    }

    /// <summary>A window in which somebody with these rights has signed in.</summary>
    public async Task<Window> OpenAs(AlurApp app, string role = Policies.Admin, string[]? grants = null, int width = 1280, int height = 900, string language = "id", string? theme = null, Uri? through = null)
    {
        var window = await Open(app, width, height, language, theme, through);
        await window.SignIn(await app.NewUser(role, grants ?? []));
        return window;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
