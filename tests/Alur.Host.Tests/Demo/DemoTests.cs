using System.Text.Json;

namespace Alur.Host.Tests.Demo;

/// <summary>The demo as somebody runs it: real servers, real processes, a small day in six seconds.</summary>
public sealed class DemoTests
{
    private static readonly string[] Keys =
    [
        "visits", "blocked", "observed", "sent", "alreadyThere", "held", "failed", "cancelled", "pending", "sendable", "neverVisible", "lost", "outOfOrder",
        "duplicates", "invented", "forgiven", "attempts", "elapsedSeconds", "deliveriesPerSecond", "hostRssMb",
    ];

    private static Dictionary<string, double> Figures(JsonElement json) => json.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());

    [Fact]
    [Trait("Spec", "A-001")]
    [Trait("Spec", "A-100")]
    [Trait("Spec", "A-101")]
    [Trait("Spec", "A-102")]
    [Trait("Spec", "A-103")]
    public async Task A_small_day_arrives_at_BPJS_whole_and_in_order()
    {
        await using var demo = DemoProcess.Start(DemoProcess.NewRoot(), "--visits", "40", "--random-seed", "3", "--json");

        var exit = await demo.Ended();

        Assert.True(exit == 0, demo.Output);
        var json = demo.Json();
        var f = Figures(json);
        Assert.Equal(Keys, json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(40, f["visits"]);
        Assert.All(["lost", "outOfOrder", "duplicates", "invented", "pending", "failed"], key => Assert.Equal(0, f[key]));
        Assert.Equal(f["observed"], f["sent"] + f["held"] + f["failed"] + f["cancelled"] + f["pending"]);
        Assert.True(f["sendable"] > 60 && f["attempts"] >= f["sendable"] && f["held"] > 0 && f["blocked"] > 0, demo.Output);
        Assert.Contains("GOOD", demo.Output, StringComparison.Ordinal);
        Assert.Empty(demo.Processes());
        Assert.False(Directory.Exists(Path.Combine(demo.Place, "pgdata")));
    }

    [Fact]
    public async Task Faulty_answers_and_an_outage_lose_nothing()
    {
        await using var demo = DemoProcess.Start(DemoProcess.NewRoot(), "--visits", "40", "--faults", "light", "--random-seed", "2", "--json");

        Assert.True(await demo.Ended() == 0, demo.Output);
        Assert.All(["lost", "outOfOrder", "duplicates", "invented", "pending", "failed"], key => Assert.Equal(0, Figures(demo.Json())[key]));
    }

    /// <summary>Another schema, other numbers, another profile: the same agreement.</summary>
    [Fact]
    [Trait("Spec", "A-003")]
    public async Task A_day_of_a_forked_Khanza_with_a_column_for_each_task_arrives_whole_and_in_order()
    {
        await using var demo = DemoProcess.Start(DemoProcess.NewRoot(), "--visits", "40", "--khanza", "fork", "--random-seed", "3", "--json");

        Assert.True(await demo.Ended() == 0, demo.Output);
        var f = Figures(demo.Json());
        Assert.All(["lost", "outOfOrder", "duplicates", "invented", "pending", "failed"], key => Assert.Equal(0, f[key]));
        Assert.True(f["sendable"] > 60 && f["attempts"] >= f["sendable"] && f["held"] > 0, demo.Output);
        Assert.Contains("read by the profile task-columns", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Failure", "5.14")]
    [Trait("Failure", "5.16")]
    public async Task A_restart_of_Khanza_and_a_killed_server_on_a_heavy_day_lose_nothing()
    {
        await using var demo = DemoProcess.Start(DemoProcess.NewRoot(),
            "--visits", "60", "--faults", "heavy", "--random-seed", "2", "--json", "--day-seconds", "16");

        Assert.True(await demo.Ended() == 0, demo.Output);
        Assert.All(["lost", "outOfOrder", "duplicates", "invented", "pending", "failed"], key => Assert.Equal(0, Figures(demo.Json())[key]));
        Assert.Contains("the server killed at 12:00", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_tells_nothing_fails_the_demo()
    {
        await using var demo = DemoProcess.Start(DemoProcess.NewRoot(),
            "--visits", "20", "--json", "--patience-seconds", "2", "--server-set", "Antrean:Sites:default:Mode=observe");

        Assert.True(await demo.Ended() == 1, demo.Output);
        var f = Figures(demo.Json());
        Assert.Equal((f["sendable"], 0), (f["lost"], f["attempts"]));
        Assert.Contains("NOT GOOD", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_demo_that_is_kept_opens_in_a_browser_until_it_is_ended_as_it_says()
    {
        await using var demo = DemoProcess.Start(DemoProcess.NewRoot(), "--visits", "20", "--keep");

        Assert.True(await demo.Ended() == 0, demo.Output);
        using var http = new HttpClient();
        var page = await http.GetStringAsync(demo.Output.Split('\n').Single(l => l.StartsWith("Open in a browser: ", StringComparison.Ordinal)).Split(' ')[^1]);
        Assert.Contains("name=\"email\"", page, StringComparison.Ordinal);
        Assert.True(await demo.EndsWhatIsLeft(), string.Join('\n', demo.Processes()));
    }

    [Fact]
    public async Task A_demo_that_broke_off_and_is_kept_says_how_to_end_what_is_left()
    {
        await using var demo = DemoProcess.Start(DemoProcess.NewRoot(), "--visits", "20", "--keep", "--server-set", "Antrean:Sites:default:Mode=perhaps");

        Assert.True(await demo.Ended() == 1, demo.Output);
        Assert.Contains("'server' ended unexpectedly", demo.Output, StringComparison.Ordinal);
        Assert.NotEmpty(demo.Processes());
        Assert.True(await demo.EndsWhatIsLeft(), string.Join('\n', demo.Processes()));
    }

    [Fact]
    public async Task Only_one_demo_runs_at_a_time_and_an_interrupt_leaves_nothing_behind()
    {
        var root = DemoProcess.NewRoot();
        await using var first = DemoProcess.Start(root, "--visits", "20", "--day-seconds", "120"); // not over before it is interrupted, however slow the second is
        await first.Until(() => File.Exists(Path.Combine(first.Place, "server.log")));

        var second = DemoProcess.Start(root, "--visits", "20");
        Assert.True(await second.Ended() == 1, second.Output);
        Assert.Contains("A demo is running here already (process ", second.Output, StringComparison.Ordinal);

        await first.Until(() => first.Output.Contains("visits ", StringComparison.Ordinal));
        first.Interrupt();
        Assert.Equal(1, await first.Ended());
        Assert.Empty(first.Processes());
        Assert.False(Directory.Exists(Path.Combine(first.Place, "mariadb")));
    }

    [Theory]
    [InlineData("--faults", "wild")]
    [InlineData("--visits", "0")]
    [InlineData("--khanza", "mine")]
    public async Task A_wrong_option_is_wrong_usage(string option, string value)
    {
        await using var demo = DemoProcess.Start(DemoProcess.NewRoot(), option, value);

        Assert.Equal(2, await demo.Ended());
        Assert.Contains(option, demo.Output, StringComparison.Ordinal);
    }
}
