using System.Net;
using System.Net.WebSockets;
using Alur.Platform.Data;
using Alur.Platform.Realtime;
using Alur.Testing;

namespace Alur.Platform.Tests.Realtime;

/// <summary>Who is refused a socket, and how much of a server one caller, or everybody together, can take by opening them.</summary>
public sealed class SocketPlaceTests(PatientSchoolFixture fixture) : DeviceTests(fixture)
{
    private const string WaitingSql = "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    [Fact]
    public async Task However_many_sockets_of_one_account_wait_for_a_lock_they_take_few_connections_and_keep_nobody_else_out()
    {
        var (siti, budi) = (await School.Enrol(), await School.Enrol());
        await using var connection = await School.App.Database.Owner.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await tx.Statement("select id from identity.users where id = @id for update", ("id", siti.Id)).Run(default);
        var opening = Enumerable.Range(0, 90).Select(_ => Open(School, siti)).ToList();
        await Eventually.True(async () => await Waiting() == AttachInTurn.OfAccount);

        (await School.Attach(budi)).Line.Dispose();

        var most = 0;
        do most = Math.Max(most, await Waiting());
        while (await Task.WhenAny(Task.WhenAll(opening), Task.Delay(50)) is not Task<HttpStatusCode[]>);
        Assert.Equal(AttachInTurn.OfAccount, most);
        Assert.All(await Task.WhenAll(opening), status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        await tx.RollbackAsync();
        (await School.Attach(siti)).Line.Dispose();
    }

    [Fact]
    public async Task One_account_has_so_many_sockets_and_others_are_not_concerned()
    {
        await using var school = await School.Open();
        var (siti, budi) = (await school.Enrol(), await school.Enrol());
        var lines = new List<Line>();
        for (var i = 0; i < SocketLimits.OfAccount; i++) lines.Add(await school.Connect(siti.Client));

        Assert.Equal(HttpStatusCode.TooManyRequests, await Open(school, siti));

        (await school.Attach(budi)).Line.Dispose();
        (await school.Connect()).Dispose();
        lines[0].Wire.Abort();
        await Eventually.True(async () => await Open(school, siti) == HttpStatusCode.SwitchingProtocols);
        lines.ForEach(line => line.Dispose());
    }

    [Fact]
    public async Task Strangers_of_one_address_leave_room_for_others_and_all_strangers_for_whoever_has_an_account()
    {
        await using var narrow = await School.Open(null, ("Realtime:MaxSockets", "20"));
        await using var full = await School.Open(null, ("Realtime:MaxSockets", "20"), ("Realtime:SocketsPerAddress", "20"));
        var (lines, siti) = (new List<Line>(), await full.Enrol());
        for (var i = 0; i < 5; i++) lines.Add(await narrow.Connect());
        for (var i = 0; i < 18; i++) lines.Add(await full.Connect());

        Assert.Equal(HttpStatusCode.TooManyRequests, await Open(narrow));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Open(full));

        for (var i = 0; i < 2; i++) lines.Add((await full.Attach(siti)).Line);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Open(full, siti));
        lines.ForEach(line => line.Dispose());
    }

    [Fact]
    public async Task Sockets_that_come_back_all_at_once_do_not_use_up_what_their_address_may_ask_otherwise()
    {
        const int PerMinute = 10;
        await using var school = await School.Open(null, ("Web:RequestsPerMinute", $"{PerMinute}"));
        for (var i = 0; i < PerMinute * 5; i++) (await school.Connect()).Dispose();

        Assert.Equal(HttpStatusCode.TooManyRequests, await Open(school));

        using var stranger = school.App.AsStranger();
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/antrean/sites")).StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer a.b.c", "TOKEN_REFUSED"), InlineData("Authorization", "Bearer", "TOKEN_REQUIRED")]
    [InlineData("Authorization", "bearer x", "TOKEN_REQUIRED"), InlineData("X-Api-Key", "x", "TOKEN_REQUIRED"), InlineData("Authorization", "Basic eDp5", "TOKEN_REQUIRED")]
    public async Task A_token_that_is_not_good_is_refused_and_so_is_an_api_key(string header, string value, string code)
    {
        using var stranger = School.App.AsStranger();
        using var upgrade = new HttpRequestMessage(HttpMethod.Get, "/ws")
        {
            Headers = { { "Connection", "Upgrade" }, { "Upgrade", "websocket" }, { "Sec-WebSocket-Version", "13" }, { "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==" } },
        };
        upgrade.Headers.TryAddWithoutValidation(header, value);
        await Refusal.Of(stranger.SendAsync(upgrade), HttpStatusCode.Unauthorized, code);
    }

    [Fact]
    public async Task A_socket_that_was_being_opened_when_the_server_stopped_is_told_so_like_the_others()
    {
        await using var school = await School.Open();
        var siti = await school.Enrol();
        await using var connection = await school.App.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await tx.Statement("select from identity.users where id = @id for no key update", ("id", siti.Id)).Run(default);
        var opening = school.Attach(siti);
        await Eventually.True(async () => (await school.App.Database.App.Statement(WaitingSql).Rows(r => r.GetInt32(0), default)).Single() > 0);

        school.Hub.End(CloseReason.GoingAway);
        await tx.RollbackAsync();

        using var line = (await opening).Line;
        Assert.Equal(1001, await line.Closed());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Open(school));
    }

    [Fact]
    public async Task A_plain_request_is_told_what_the_address_speaks()
    {
        using var plain = await School.App.AsStranger().GetAsync("/ws");
        Assert.Equal(HttpStatusCode.BadRequest, plain.StatusCode);
        Assert.Contains("UPGRADE_REQUIRED", await plain.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> Open(School school, Person? person = null)
    {
        using var wire = new ClientWebSocket();
        wire.Options.CollectHttpResponseDetails = true;
        if (person is not null) wire.Options.SetRequestHeader("Authorization", person.Client.DefaultRequestHeaders.Authorization!.ToString());
        var failure = await Record.ExceptionAsync(() => wire.ConnectAsync(school.Address, CancellationToken.None));
        Assert.True(failure is null or WebSocketException);
        return wire.HttpStatusCode;
    }

    private async Task<int> Waiting() => (await School.App.Database.App.Statement(WaitingSql).Rows(r => r.GetInt32(0), default)).Single();
}
