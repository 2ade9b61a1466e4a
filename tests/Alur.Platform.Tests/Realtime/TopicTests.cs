using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Alur.Platform.Identity;
using Npgsql;
using Alur.Testing;

namespace Alur.Platform.Tests.Realtime;

/// <summary>In one school after the other test: each looks at what it commits itself, from where the journal stands then.</summary>
public sealed class TopicTests(PatientSchoolFixture fixture) : IClassFixture<PatientSchoolFixture>
{
    private const string CutOff = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'alur_app'";

    private School School => fixture.School;

    [Fact]
    [Trait("Spec", "B-136"), Trait("Spec", "X-009")]
    public async Task Somebody_without_an_account_follows_a_public_topic_and_hears_what_is_committed()
    {
        var devices = await Count("realtime.websocket_connections");
        using var line = await School.Connect();
        var connected = JsonNode.Parse((await line.Text())!)!;
        var answer = await line.Follow("availability");
        var position = (await School.Book(metadata: """{"bookingId":"b1"}""")).Single();

        var heard = await line.Next();

        Assert.Equal(("connection_status", "connected", null), ((string?)connected["type"], (string?)connected["status"], (string?)connected["connection_id"]));
        Assert.Equal(("subscribed", "availability"), ((string?)answer["type"], (string?)answer["topic"]));
        Assert.Null(answer["recovered"]);
        Assert.Equal(("broadcast", "availability", "booking.created", "b1"), ((string?)heard["type"], (string?)heard["topic"], (string?)heard["event"], (string?)heard["data"]!["bookingId"]));
        Assert.Equal(position, (long)heard["offset"]!);
        Assert.Equal((string?)connected["epoch"], (string?)heard["epoch"]);
        Assert.Equal(devices, await Count("realtime.websocket_connections"));
    }

    [Fact]
    public async Task A_topic_for_staff_is_refused_to_strangers_and_clients_and_what_nobody_tells_is_unknown()
    {
        using var stranger = await School.Connect();
        using var client = await School.Connect(await School.App.AsUser("client"));
        using var admin = await School.Connect(await School.App.AsUser("admin"));

        Assert.Equal("TOPIC_FORBIDDEN", (string?)(await stranger.Follow("desk:piano"))["code"]);
        Assert.Equal("TOPIC_FORBIDDEN", (string?)(await client.Follow("desk:cellar"))["code"]);
        Assert.Equal("TOPIC_UNKNOWN", (string?)(await admin.Follow("desk"))["code"]);
        Assert.Equal("TOPIC_UNKNOWN", (string?)(await admin.Follow("desk:"))["code"]);
        Assert.Equal("TOPIC_UNKNOWN", (string?)(await admin.Follow("desk:cellar"))["code"]);
        Assert.Equal("subscribed", (string?)(await admin.Follow("desk:piano"))["type"]);
        await School.Book("violin");
        await School.Book("piano");
        Assert.Equal("desk:piano", (string?)(await admin.Next())["topic"]);
    }

    [Fact]
    public async Task A_client_of_another_node_hears_what_this_one_wrote()
    {
        await using var other = await School.Open(beside: School.App);
        using var line = await other.Connect();
        await line.Follow("availability");

        var position = (await School.Book()).Single();

        Assert.Equal(position, (long)(await line.Next())["offset"]!);
    }

    [Fact]
    public async Task Whoever_comes_back_gets_what_it_missed_once_and_in_order_from_any_node()
    {
        using var line = await School.Connect();
        await line.Follow("availability");
        var first = (await School.Book()).Single();
        var seen = await line.Next();
        line.Wire.Abort();
        var missed = await School.Book(times: 300);
        await using var other = await School.Open(beside: School.App);
        foreach (var node in (School[])[School, other])
        {
            using var again = await node.Connect();
            var answer = await again.Follow("availability", first, (string?)seen["epoch"]);

            Assert.True((bool)answer["recovered"]!);
            foreach (var position in missed) Assert.Equal(position, (long)(await again.Next())["offset"]!);
        }
    }

    /// <summary>One node has told what the other has not read yet.</summary>
    [Fact]
    public async Task Whoever_comes_from_a_node_that_was_quicker_hears_nothing_again()
    {
        using var line = await School.Connect();
        var epoch = (string)(await line.Follow("availability"))["epoch"]!;
        var position = (await School.Book()).Single();
        await line.Next();

        using var ahead = await School.Connect();
        Assert.True((bool)(await ahead.Follow("availability", position + 2, epoch))["recovered"]!);
        var next = await School.Book(times: 4);

        Assert.Equal([position + 3, position + 4], [(long)(await ahead.Next())["offset"]!, (long)(await ahead.Next())["offset"]!]);
        Assert.Equal(position + 4, next[^1]);
    }

    [Fact]
    public async Task Whoever_comes_to_a_node_that_has_just_started_hears_nothing_of_before()
    {
        var before = await School.Book(times: 800);
        await using var other = await School.Open(beside: School.App);
        using var line = await other.Connect();

        Assert.True((long)(await line.Follow("availability"))["offset"]! >= before[^1]);
        var position = (await School.Book()).Single();
        Assert.Equal(position, (long)(await line.Next())["offset"]!);
    }

    [Fact]
    public async Task Whoever_was_away_too_long_or_followed_another_journal_is_told_to_look_for_itself()
    {
        using var line = await School.Connect();
        var epoch = (string)(await line.Follow("availability"))["epoch"]!;
        var old = (await School.Book()).Single();
        var last = (await School.Book(times: 600))[^1];
        while ((long)(await line.Next())["offset"]! < last) { }

        Assert.False((bool)(await line.Follow("availability", old, epoch))["recovered"]!);
        Assert.False((bool)(await line.Follow("availability", last, "another"))["recovered"]!);
        Assert.True((bool)(await line.Follow("availability", last, epoch))["recovered"]!);
    }

    [Fact]
    public async Task Of_a_topic_that_only_hints_the_last_is_what_a_client_that_was_away_gets()
    {
        using var line = await School.Connect();
        var answer = await line.Follow("changes");
        var last = (await School.Book(times: 30))[^1];
        while ((long)(await line.Next())["offset"]! < last) { }
        using var again = await School.Connect();

        Assert.True((bool)(await again.Follow("changes", (long)answer["offset"]!, (string?)answer["epoch"]))["recovered"]!);
        Assert.Equal(last, (long)(await again.Next())["offset"]!);
    }

    [Fact]
    public async Task After_unsubscribing_nothing_comes()
    {
        using var line = await School.Connect();
        await line.Follow("availability");
        await line.Say(new { type = "unsubscribe", topic = "availability" });
        Assert.Equal("unsubscribed", (string?)(await line.Next())["type"]);
        await School.Book();
        using var witness = await School.Connect();
        await witness.Follow("availability", 0, (string)(await witness.Follow("availability"))["epoch"]!);
        await witness.Next();
        await line.Say(new { type = "ping" });

        Assert.Equal("pong", (string?)(await line.Next())["type"]);
    }

    [Fact]
    public async Task A_database_that_cuts_the_reader_off_costs_no_broadcast_and_no_socket()
    {
        await using var school = await School.Open();
        using var line = await school.Connect();
        await line.Follow("availability");
        var positions = new List<long>();
        for (var round = 0; round < 5; round++)
        {
            await Admin(CutOff, school);
            school.App.Database.App.Clear(); // the test's own
            positions.AddRange(await school.Book());
        }

        foreach (var position in positions) Assert.Equal(position, (long)(await line.Next())["offset"]!);
    }

    /// <summary>As after a restored backup or a fail-over too, which take the mark away like a crash: what was seen may be gone, and its offset another entry's.</summary>
    [Fact]
    public async Task After_a_crash_of_the_database_everybody_is_told_to_look_for_themselves()
    {
        await using var school = await School.Open();
        using var line = await school.Connect();
        var before = await line.Follow("availability");
        var known = await school.Book(times: 3);
        foreach (var position in known) Assert.Equal(position, (long)(await line.Next())["offset"]!);
        await Admin("delete from journal.crash_mark", school);
        await Admin(CutOff, school);
        school.App.Database.App.Clear();

        var after = await line.Next();
        Assert.Equal(("subscribed", false, known[^1]), ((string?)after["type"], (bool?)after["recovered"], (long)after["offset"]!));
        Assert.NotEqual((string?)before["epoch"], (string?)after["epoch"]);
        using var late = await school.Connect();
        Assert.False((bool)(await late.Follow("availability", (long)before["offset"]! + 1000, (string?)before["epoch"]))["recovered"]!);
        var next = (await school.Book()).Single(); // nothing that was there before is told as new
        Assert.Equal((next, next), ((long)(await line.Next())["offset"]!, (long)(await late.Next())["offset"]!));
    }

    [Fact]
    public async Task A_page_of_another_site_is_nobody_whatever_cookie_the_browser_sends_along()
    {
        var cookie = await Cookie();
        using var ours = await School.Connect(options: o => Browser(o, cookie, School.App.Address.GetLeftPart(UriPartial.Authority)));
        using var theirs = await School.Connect(options: o => Browser(o, cookie, "https://evil.example"));

        Assert.Equal("subscribed", (string?)(await ours.Follow("desk:piano"))["type"]);
        Assert.Equal("TOPIC_FORBIDDEN", (string?)(await theirs.Follow("desk:piano"))["code"]);
    }

    private static void Browser(ClientWebSocketOptions options, string cookie, string origin)
    {
        options.SetRequestHeader("Cookie", cookie);
        options.SetRequestHeader("Origin", origin);
    }

    private static async Task Admin(string sql, School school)
    {
        await using var admin = NpgsqlDataSource.Create(school.App.Database.AdminConnectionString);
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> Cookie()
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = School.App.Address };
        using var form = new FormUrlEncodedContent([new("email", await School.App.NewUser(Policies.Admin)), new("password", AlurApp.Password), new("to", "/")]);
        using var answer = await browser.PostAsync("/sign-in", form);
        return answer.Headers.GetValues("Set-Cookie").First(c => c.StartsWith("alur_session=", StringComparison.Ordinal)).Split(';')[0];
    }

    private async Task<long> Count(string table)
    {
        await using var command = School.App.Database.App.CreateCommand($"select count(*) from {table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
