using System.Text.RegularExpressions;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Realtime;
using Alur.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Browser.Tests;

/// <summary>The browser's part of the booking specification (§ 5.3), taken from the document as it stands there, on the website of a school that is not ours. The
/// topic itself comes with Booking, and with it the items B-076 and B-077.</summary>
public sealed partial class SnippetTests(Browser browser) : IAsyncLifetime
{
    private const string Booked = "booking.created";

    private AlurApp? _app;

    private AlurApp App => _app!;

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => _app = await AlurApp.Start(add: services => services
        .AddEventTypes("school", [new EventType(Booked, 1, "{}")])
        .AddTopic(new Topic("availability", [Booked], entry => new TopicEvent("availability", entry.Type, entry.Metadata!)))
        .AddSocketLoops());

    /// <inheritdoc />
    public ValueTask DisposeAsync() => App.DisposeAsync();

    [Fact]
    public async Task The_snippet_of_the_specification_works_as_it_is_written()
    {
        await using var window = await browser.Open(App);
        await using var website = await Website();
        await window.Page.GotoAsync(website.Urls.Single());
        await window.Page.EvaluateAsync($$"""
            address => new Promise((ready, failed) => {
                window.refreshed = 0;
                const refreshAvailability = () => { window.refreshed++ };
                const ws = new WebSocket(address);
                ws.onerror = failed;
                ws.onopen = () => {
            {{Snippet()}}
                    const told = ws.onmessage;
                    ws.onmessage = (event) => { if (JSON.parse(event.data).type === 'subscribed') ready(); told(event); };
                };
            })
            """, new UriBuilder(App.Address) { Scheme = "ws", Path = "/ws" }.Uri.ToString());

        await Book();
        await Book();

        await window.Page.WaitForFunctionAsync("() => window.refreshed === 2");
        Assert.Empty(window.Complaints);
    }

    /// <summary>Of another origin than ours.</summary>
    private static async Task<WebApplication> Website()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var website = builder.Build();
        website.MapGet("/", () => TypedResults.Content("<!doctype html><link rel=icon href=data:,><title>Kursus</title>", "text/html"));
        await website.StartAsync();
        return website;
    }

    private async Task Book()
    {
        await using var connection = await App.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var entry = new NewEntry(Booked, new Actor("web", ActorKind.System), DateTimeOffset.UtcNow) { Metadata = """{"bookingId":"1","courseId":"2","status":"pending"}""" };
        Assert.True((await App.Services.GetRequiredService<AppendEntries>().Run(tx, [new StreamAppend(StreamId.Of("booking", Guid.NewGuid().ToString("N")), [entry])])).Ok);
        await tx.CommitAsync();
    }

    private static string Snippet() =>
        SnippetOf().Match(File.ReadAllText(Path.Combine(Checkout.Root, "docs/spec/booking-registration.md"))) is { Success: true } found
            ? found.Groups["code"].Value
            : throw new InvalidOperationException("§ 5.3 of docs/spec/booking-registration.md has no snippet.");

    [GeneratedRegex(@"### 5\.3 .*?```javascript\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SnippetOf();
}
