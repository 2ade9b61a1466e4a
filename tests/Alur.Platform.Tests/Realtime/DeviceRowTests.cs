using System.Net;
using System.Net.WebSockets;
using Alur.Platform.Data;
using Alur.Platform.Doctor;
using Alur.Platform.Realtime;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>What is written of devices, and how long it is kept.</summary>
public sealed class DeviceRowTests(PatientSchoolFixture fixture) : DeviceTests(fixture)
{
    [Fact]
    [Trait("Spec", "D-514")]
    public async Task A_device_is_present_while_its_socket_is_open_with_the_role_that_it_connected_with()
    {
        await School.Enrol("admin"); // somebody must be left
        var siti = await School.Enrol("admin");
        var (line, id) = await School.Attach(siti);
        await line.Follow("changes");
        await line.Follow("availability");
        await Eventually.True(async () => await Row(id) == "admin True availability,changes 1");

        await Sql($"update identity.users set role = 'client' where id = '{siti.Id}'");
        line.Wire.Abort();

        await Eventually.True(async () => await Row(id) == "admin False  1");
        var (again, _) = await School.Attach(siti, id);
        Assert.Equal("client True  2", await Row(id));
        again.Dispose();
    }

    [Fact]
    public async Task Who_signs_out_is_closed_and_after_signing_in_again_gets_what_came_meanwhile()
    {
        var siti = await School.Enrol();
        var (line, id) = await School.Attach(siti);
        (await siti.Client.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        Assert.Equal(4401, await line.Closed());
        var message = (await School.Send(siti.Message())).Single();

        var (again, sameId) = await School.Attach(siti with { Client = await School.App.SignIn(siti.Email) }, id);

        Assert.Equal(id, sameId);
        Assert.Equal(message, IdOf(await again.Message()));
        again.Dispose();
    }

    [Fact]
    [Trait("Spec", "D-555")]
    public async Task That_sockets_are_open_is_written_for_all_devices_of_a_node_in_one_statement()
    {
        await using var school = await School.Open();
        var siti = await school.Enrol();
        var lines = new List<Line>();
        for (var i = 0; i < 5; i++) lines.Add((await school.Attach(siti)).Line);
        await Sql("update realtime.websocket_connections set last_activity = now() - interval '2 minutes'", school);

        await school.App.Services.GetRequiredService<DeviceRound>().Seen(default);

        Assert.Equal(["5 1"], await Text("select count(*) || ' ' || count(distinct xmin::text) from realtime.websocket_connections where last_activity > now() - interval '1 minute'", school));
        lines.ForEach(line => line.Dispose());
    }

    [Fact]
    public async Task A_device_of_a_node_that_died_is_taken_for_gone_after_three_minutes_until_it_is_heard_of_again()
    {
        var siti = await School.Enrol();
        var (line, id) = await School.Attach(siti);
        await line.Follow("availability");
        await Eventually.True(async () => await Row(id) == "client True availability 1");
        await Sql($"update realtime.websocket_connections set last_activity = now() - interval '4 minutes' where connection_id = '{id}'");

        await Keep();
        Assert.Equal("client False  1", await Row(id));
        await School.App.Services.GetRequiredService<DeviceRound>().Seen(default);

        Assert.StartsWith("client True", await Row(id), StringComparison.Ordinal);
        await line.IsSilent();
        line.Dispose();
    }

    [Fact]
    [Trait("Spec", "D-510")]
    public async Task What_a_forgotten_device_leaves_waits_for_the_next_one_unless_somebody_acknowledged_it()
    {
        var siti = await School.Enrol();
        var (first, firstId) = await School.Attach(siti);
        var (second, secondId) = await School.Attach(siti);
        var ids = await School.Send(siti.Message(), siti.Message());
        await first.Message();
        await first.Message();
        await first.Acknowledge(ids[0]);
        first.Wire.Abort();
        second.Wire.Abort();
        await Eventually.True(async () => (await Row(firstId) + await Row(secondId)).Split("False").Length == 3);
        await Sql($"update realtime.websocket_connections set last_activity = now() - interval '8 days' where user_id = '{siti.Id}'");

        await Keep();

        Assert.Equal([" 0 False"], await Queue(siti));
        var (third, _) = await School.Attach(siti, firstId);
        Assert.Equal(ids[1], IdOf(await third.Message()));
        await HasNothing(third, siti);
        third.Dispose();
    }

    [Fact]
    [Trait("Spec", "D-359"), Trait("Spec", "D-360")]
    public async Task What_has_expired_is_taken_away_and_nothing_else()
    {
        var siti = await School.Enrol();
        await School.Send(siti.Message(expires: DateTimeOffset.UtcNow.AddSeconds(-1)), siti.Message(expires: DateTimeOffset.UtcNow.AddHours(1)), siti.Message());
        Assert.Equal(3, (await Queue(siti)).Count);

        await Keep();

        Assert.Equal(2, (await Queue(siti)).Count);
    }

    [Fact]
    public async Task Of_more_devices_than_a_person_may_have_the_one_that_was_away_longest_is_forgotten_and_its_messages_are_not()
    {
        var siti = await School.Enrol();
        var (line, oldest) = await School.Attach(siti);
        line.Wire.Abort();
        await Eventually.True(async () => await Row(oldest) == "client False  1");
        var message = (await School.Send(siti.Message())).Single();
        await Copies(siti, oldest, DeviceLimits.Devices - 1, alive: false);

        var (fresh, _) = await School.Attach(siti);

        Assert.Equal(message, IdOf(await fresh.Message()));
        Assert.Equal([$"{DeviceLimits.Devices} 0"], await Text($"select count(*) || ' ' || count(*) filter (where connection_id = '{oldest}') from realtime.websocket_connections where user_id = '{siti.Id}'"));
        fresh.Dispose();
    }

    [Fact]
    public async Task Whoever_has_that_many_open_sockets_gets_one_more_without_messages()
    {
        var siti = await School.Enrol();
        var (line, id) = await School.Attach(siti);
        await Copies(siti, id, DeviceLimits.Devices - 1, alive: true);

        using var more = await School.Connect(siti.Client);

        Assert.Null(await more.Greeting());
        Assert.Equal("subscribed", (string?)(await more.Follow("availability"))["type"]);
        line.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Spec", "D-241"), Trait("Spec", "D-242"), Trait("Spec", "D-554")]
    public async Task Signs_of_life_reach_every_socket_and_become_rows_only_if_somebody_wants_to_look_at_them(bool recorded)
    {
        await using var school = await School.Open(null, ("Realtime:HeartbeatSeconds", "1"), ("Realtime:RecordHeartbeats", recorded ? "true" : "false"));
        var siti = await school.Enrol();
        var (line, id) = await school.Attach(siti);
        for (var beats = 0; beats < 2;) beats += (await line.Text())!.Contains("\"heartbeat\"", StringComparison.Ordinal) ? 1 : 0;

        const string Types = "select distinct event_type from realtime.websocket_events order by 1";
        if (recorded) await Eventually.True(async () => (await Text(Types, school)).SequenceEqual(["connection_status", "heartbeat"]));
        else Assert.Empty(await Text(Types, school));

        Assert.Equal([id], await Text("select distinct connection_id from realtime.websocket_connections", school));
        line.Dispose();
    }

    [Fact]
    public async Task While_the_database_is_away_sockets_stay_and_whoever_has_an_account_is_told_to_come_later()
    {
        await using var school = await School.Open();
        var siti = await school.Enrol();
        var (line, _) = await school.Attach(siti);
        var ours = new NpgsqlConnectionStringBuilder(school.App.Database.AdminConnectionString);
        var name = ours.Database;
        ours.Database = "postgres";
        await using var admin = NpgsqlDataSource.Create(ours);
        await admin.Statement($"alter database \"{name}\" with allow_connections false").Run(default);
        await admin.Statement($"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{name}'").Run(default);
        await admin.Statement($"alter database \"{name}\" rename to \"{name}_away\"").Run(default);
        using var wire = new ClientWebSocket();
        wire.Options.SetRequestHeader("Authorization", siti.Client.DefaultRequestHeaders.Authorization!.ToString());
        wire.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => wire.ConnectAsync(school.Address, CancellationToken.None));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, wire.HttpStatusCode);
        using var stranger = await school.Connect();
        Assert.Null(await stranger.Greeting());
        await line.Say(new { type = "ack", ids = new[] { Guid.NewGuid() } });
        await line.IsSilent();
        await admin.Statement($"alter database \"{name}_away\" with allow_connections true").Run(default);
        await admin.Statement($"alter database \"{name}_away\" rename to \"{name}\"").Run(default);
        Assert.Equal("acked", (string?)(await line.Next())["type"]);
        school.App.Database.App.Clear(); // the test's own
        var message = (await school.Send(siti.Message())).Single();
        Assert.Equal(message, IdOf(await line.Message()));
        line.Dispose();
    }

    [Fact]
    public async Task The_doctor_names_messages_that_went_out_as_often_as_they_may()
    {
        var siti = await School.Enrol();
        await School.Send(siti.Message());
        var check = new CheckMessages();
        Assert.Empty(await check.Run(new DoctorRound(null, School.App.Database.App), default));

        await Sql($"update realtime.websocket_message_queue set attempts = max_attempts where user_id = '{siti.Id}'");
        var finding = Assert.Single(await check.Run(new DoctorRound(null, School.App.Database.App), default));

        Assert.Equal((FindingLevel.Warning, "1 message for 1 person went out to a device again and again and was never acknowledged."), (finding.Level, finding.Found.English));
        await Sql($"delete from realtime.websocket_message_queue where user_id = '{siti.Id}'");
    }

    private Task Keep() => School.App.Services.GetRequiredService<KeepDevices>().RunOnce(default);

    private Task<int> Copies(Person of, string id, int count, bool alive) => Sql($"""
        insert into realtime.websocket_connections (id, user_id, connection_id, role, session_id, node, is_alive, last_activity)
        select gen_random_uuid(), user_id, 'copy-' || n || '-' || gen_random_uuid(), role, session_id, 'elsewhere', {alive}, now() + n * interval '1 second'
        from realtime.websocket_connections, generate_series(1, {count}) n where user_id = '{of.Id}' and connection_id = '{id}'
        """);

    private async Task<string> Row(string id) => (await Text(
        $"select role || ' ' || case when is_alive then 'True' else 'False' end || ' ' || array_to_string(rooms, ',') || ' ' || attached from realtime.websocket_connections where connection_id = '{id}'")).Single();

    private Task<List<string>> Text(string sql, School? of = null) => (of ?? School).App.Database.Owner.Statement(sql).Rows(r => r.GetString(0), default);

    private Task<int> Sql(string sql, School? of = null) => (of ?? School).App.Database.Owner.Statement(sql).Run(default);
}
