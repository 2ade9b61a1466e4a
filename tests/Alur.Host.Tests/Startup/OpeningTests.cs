using Alur.Antrean.Sites;
using Alur.Host.Startup;
using Alur.Platform.Delivery;
using Alur.Platform.Resilience;
using Npgsql;

namespace Alur.Host.Tests.Startup;

public sealed class OpeningTests
{
    [Fact]
    public async Task A_database_that_goes_away_just_after_the_start_does_not_end_the_server()
    {
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=alur_app;Timeout=2");
        await using var console = new StringWriter();

        await Opening.TellPauses(console, new DeliveryQueue(away, [], new WakeUps(), new ResilienceOptions()), new AntreanOptions(), [], "http://127.0.0.1:5080", CancellationToken.None);

        Assert.Equal("", console.ToString());
    }

    [Fact]
    public async Task What_a_person_switched_counts_beside_what_is_configured_from_the_first_line_to_the_last()
    {
        var sending = new AntreanOptions { Sites = { ["a"] = new SiteOptions { Mode = "send", SendFrom = "2026-02-01T00:00", Profile = "khanza" } } };
        var start = new DateTimeOffset(2026, 1, 31, 17, 0, 0, TimeSpan.Zero);
        SiteMode[] switched = [new("a", "observe", start, CheckBefore: null, new("observe", "api-key:it", start.AddDays(9), "send", start, Differs: true))];
        await using var console = new StringWriter();

        await Opening.TellSites(console, sending, switched);

        var lines = console.ToString().Split(Environment.NewLine);
        Assert.StartsWith("Site a: observes, nothing is sent; ", lines[0], StringComparison.Ordinal);
        Assert.Equal("Site a: Switched to observe by api-key:it at 2026-02-10 00:00; the configuration says send from 2026-02-01 00:00.", lines[1]);
        Assert.EndsWith("In observe mode nothing is sent.", Opening.Stopped(sending, switched), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_server_that_sends_promises_at_its_end_to_send_the_rest()
    {
        var observing = new AntreanOptions { Sites = { ["a"] = new SiteOptions() } };
        var sending = new AntreanOptions { Sites = { ["a"] = new SiteOptions(), ["b"] = new SiteOptions { Mode = "send" } } };

        Assert.EndsWith("is read at the next start. In observe mode nothing is sent.", Opening.Stopped(observing, []), StringComparison.Ordinal);
        Assert.EndsWith("what is not sent yet goes out after the next start.", Opening.Stopped(sending, []), StringComparison.Ordinal);
    }
}
