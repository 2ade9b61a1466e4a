using Alur.Testing;
using Microsoft.Playwright;

namespace Alur.Browser.Tests;

/// <summary>A window of the browser. What a page complains about in its console is kept: a page that works complains about nothing.</summary>
public sealed class Window : IAsyncDisposable
{
    private static readonly string s_axe = File.ReadAllText(Path.Combine(Checkout.Root, "tests/crosscheck/node_modules/axe-core/axe.min.js"));

    private readonly IBrowserContext _context;

    private Window(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    /// <summary>What it shows.</summary>
    public IPage Page { get; }

    /// <summary>What pages complained about: refused by the policy, broken scripts, files that are not there.</summary>
    public List<string> Complaints { get; } = [];

    internal static async Task<Window> Open(IBrowserContext context, AlurApp app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var window = new Window(context, await context.NewPageAsync());
        window.Page.Console += (_, message) => window.Note(message.Type is "error" or "warning", message.Text);
        window.Page.PageError += (_, error) => window.Note(isBad: true, error);
        return window;
    }

    /// <summary>Signs in by the form, as people do.</summary>
    public async Task SignIn(string email, string password = AlurApp.Password, string to = "/")
    {
        await Page.GotoAsync("/sign-in?to=" + Uri.EscapeDataString(to));
        await Page.FillAsync("#email", email);
        await Page.FillAsync("#password", password);
        await Follow(() => Page.ClickAsync("main form button"));
    }

    /// <summary>Does what leads to another page, and waits until that one is there.</summary>
    public async Task Follow(Func<Task> act)
    {
        var loaded = new TaskCompletionSource();
        void Note(object? sender, IPage page) => loaded.TrySetResult();
        Page.Load += Note;
        try
        {
            await act();
            await loaded.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
        finally
        {
            Page.Load -= Note;
        }
    }

    /// <summary>Opens an address and gives the answer's status.</summary>
    public async Task<int> Go(string path) => (await Page.GotoAsync(path))!.Status;

    /// <summary>What axe-core finds serious or critical on the page, one line each.</summary>
    public async Task<IReadOnlyList<string>> Barriers()
    {
        await Page.EvaluateAsync(s_axe); // through the debugger, which the page's policy does not bind
        return await Page.EvaluateAsync<string[]>("""
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
                .filter(v => v.impact === 'serious' || v.impact === 'critical')
                .flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')} (${n.failureSummary.split('\n').slice(1).join(' ').trim()})`))
            """);
    }

    /// <summary>Pixels by which the page is wider than the window: above 0, a phone scrolls sideways.</summary>
    public Task<int> Overhang() => Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool isBad, string text)
    {
        if (isBad)
        {
            Complaints.Add(text);
        }
    }
}
