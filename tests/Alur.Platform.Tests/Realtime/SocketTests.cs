using System.Net.WebSockets;
using Alur.Platform.Realtime;
using Alur.Testing;

namespace Alur.Platform.Tests.Realtime;

/// <summary>What one socket may do to a server, and how it ends.</summary>
public sealed class SocketTests(SchoolFixture fixture) : IClassFixture<SchoolFixture>
{
    private School School => fixture.School;

    [Fact]
    public async Task A_node_has_threads_enough_for_many_sends_at_once_before_the_first()
    {
        using var line = await School.Connect();

        ThreadPool.GetMinThreads(out var workers, out _);

        Assert.True(workers >= 4 * Environment.ProcessorCount, $"{workers} threads");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{} {}")]
    [InlineData("""{"type":"subscribe"}""")]
    [InlineData("""{"type":"subscribe","topic":7}""")]
    [InlineData("""{"type":"subscribe","topic":""}""")]
    [InlineData("""{"type":"subscribe","topic":"a\u0000b"}""")]
    [InlineData("""{"type":"subscribe","topic":"\ud800"}""")]
    [InlineData("""{"type":"subscribe","topic":"availability","offset":-1,"epoch":"x"}""")]
    [InlineData("""{"type":"subscribe","topic":"availability","offset":1.5,"epoch":"x"}""")]
    [InlineData("""{"type":"subscribe","topic":"availability","offset":1}""")]
    [InlineData("""{"type":"dance"}""")]
    [InlineData("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]")]
    public async Task What_is_no_message_is_refused_in_words_and_the_socket_stays(string frame)
    {
        using var line = await School.Connect();

        await line.Say(frame);

        Assert.Equal("MESSAGE_INVALID", (string?)(await line.Next())["code"]);
        await line.Say(new { type = "ping" });
        Assert.Equal("pong", (string?)(await line.Next())["type"]);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_and_who_goes_on_is_closed()
    {
        using var line = await School.Connect();
        for (var i = 0; i < SocketLimits.InvalidMessages; i++)
        {
            await line.Wire.SendAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
            Assert.Equal("MESSAGE_INVALID", (string?)(await line.Next())["code"]);
        }

        await line.Say("{");

        Assert.Equal(4400, await line.Closed());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_that_is_too_large_ends_the_socket_before_it_is_read_to_its_end(bool inParts)
    {
        using var line = await School.Connect();
        var much = new byte[inParts ? 1000 : SocketLimits.MessageBytes + 1];
        Array.Fill(much, (byte)' ');

        for (var i = 0; i < (inParts ? SocketLimits.MessageBytes / much.Length + 1 : 1); i++)
            await line.Wire.SendAsync(much, WebSocketMessageType.Text, endOfMessage: !inParts, CancellationToken.None);

        Assert.Equal(4413, await line.Closed());
    }

    [Fact]
    public async Task A_message_in_more_parts_than_anybody_needs_ends_the_socket()
    {
        using var line = await School.Connect();

        for (var i = 0; i < SocketLimits.Fragments + 1; i++) await line.Wire.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);

        Assert.Equal(4413, await line.Closed());
    }

    [Fact]
    public async Task The_largest_message_is_taken()
    {
        using var line = await School.Connect();

        await line.Say("""{"type":"ping"}""".PadRight(SocketLimits.MessageBytes));

        Assert.Equal("pong", (string?)(await line.Next())["type"]);
    }

    [Fact]
    public async Task Who_says_too_much_is_closed()
    {
        using var line = await School.Connect();
        var talking = Task.Run(async () =>
        {
            for (var i = 0; i < 500 && line.Wire.State == WebSocketState.Open; i++) await line.Say(new { type = "ping" });
        });

        Assert.Equal(4429, await line.Closed());
        await Record.ExceptionAsync(() => talking);
    }

    [Fact]
    public async Task A_socket_follows_so_many_topics_and_no_more()
    {
        using var line = await School.Connect(await School.App.AsUser("admin"));
        for (var i = 0; i < SocketLimits.Topics; i++) Assert.Equal("subscribed", (string?)(await line.Follow($"desk:{i}"))["type"]);

        Assert.Equal("TOO_MANY_TOPICS", (string?)(await line.Follow("desk:more"))["code"]);
        Assert.Equal("subscribed", (string?)(await line.Follow("desk:1"))["type"]);
    }

    [Fact]
    public async Task Who_does_not_read_is_given_up_and_nobody_else_waits_for_it()
    {
        var before = School.Hub.Count;
        var stalled = await School.Connect();
        using var reading = await School.Connect();
        await stalled.Follow("availability");
        await reading.Follow("availability");
        var metadata = $$"""{"text":"{{new string('x', 20_000)}}"}""";

        for (var i = 0; i < 60; i++)
        {
            await School.Book(times: 20, metadata: metadata);
            for (var heard = 0; heard < 20; heard++) await reading.Next();
        }

        await Eventually.True(() => School.Hub.Count <= before + 1);
        stalled.Dispose();
    }

    [Fact]
    public async Task A_sign_of_life_comes_by_itself()
    {
        using var line = await School.Connect();
        string frame;
        do frame = (await line.Text())!;
        while (!frame.Contains("\"heartbeat\"", StringComparison.Ordinal));

        Assert.Contains("\"at\":\"", frame, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "D-514")]
    public async Task Who_loses_the_role_is_closed_and_who_follows_only_what_is_public_stays()
    {
        var email = await School.App.NewUser("admin");
        await School.App.NewUser("admin"); // somebody must be left
        var caller = await School.App.SignIn(email);
        using var desk = await School.Connect(caller);
        using var open = await School.Connect(caller);
        await desk.Follow("desk:piano");
        await open.Follow("availability");

        await Execute($"update identity.users set role = 'client' where email = '{email}'");

        Assert.Equal(4403, await desk.Closed());
        await open.Say(new { type = "ping" });
        Assert.Equal("pong", (string?)(await open.Next())["type"]);
        Assert.Equal("TOPIC_FORBIDDEN", (string?)(await open.Follow("desk:piano"))["code"]);
    }

    [Fact]
    public async Task Who_signs_out_is_closed()
    {
        var caller = await School.App.AsUser("admin");
        using var line = await School.Connect(caller);
        (await caller.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();

        Assert.Equal(4401, await line.Closed());
    }

    [Fact]
    public async Task A_server_that_stops_says_goodbye_and_does_not_wait_for_ever()
    {
        await using var school = await School.Open();
        using var line = await school.Connect();
        using var silent = await school.Connect();
        await line.Follow("availability");

        var stopping = school.App.Stop();

        Assert.Equal(1001, await line.Closed());
        await line.Wire.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task More_sockets_than_the_limit_are_refused_until_some_are_gone()
    {
        await using var school = await School.Open(null, ("Realtime:MaxSockets", "50"), ("Realtime:SocketsPerAddress", "50"));
        var lines = new List<Line>();
        for (var i = 0; i < 45; i++) lines.Add(await school.Connect());

        await Assert.ThrowsAsync<WebSocketException>(() => school.Connect());

        lines[0].Wire.Abort();
        await Eventually.True(async () =>
        {
            try
            {
                lines.Add(await school.Connect());
                return true;
            }
            catch (WebSocketException)
            {
                return false;
            }
        });
        lines.ForEach(line => line.Dispose());
    }

    [Fact]
    public async Task A_client_that_says_goodbye_gets_one_and_nothing_of_it_is_left()
    {
        await using var school = await School.Open();
        using var line = await school.Connect();
        await line.Follow("availability");

        await line.Wire.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);

        Assert.Equal(WebSocketCloseStatus.NormalClosure, line.Wire.CloseStatus);
        await Eventually.True(() => school.Hub.Count == 0);
    }

    private async Task Execute(string sql)
    {
        await using var command = School.App.Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
