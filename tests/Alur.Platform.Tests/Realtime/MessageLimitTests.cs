using Alur.Platform.Data;
using Alur.Platform.Realtime;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>How long, how often and how many messages are sent, and what happens to them while the database is away.</summary>
public sealed class MessageLimitTests(PatientSchoolFixture fixture) : DeviceTests(fixture)
{
    [Fact]
    [Trait("Spec", "D-359")]
    public async Task What_has_expired_is_not_sent()
    {
        var siti = await School.Enrol();
        var (line, id) = await School.Attach(siti);
        line.Wire.Abort();
        var ids = await School.Send(siti.Message(expires: DateTimeOffset.UtcNow.AddMinutes(-1)), siti.Message(expires: DateTimeOffset.UtcNow.AddHours(1)));

        foreach (var device in (string?[])[id, null])
        {
            var (again, _) = await School.Attach(siti, device);
            Assert.Equal(ids[1], IdOf(await again.Message()));
            await again.IsSilent();
            again.Dispose();
        }
    }

    [Fact]
    public async Task A_message_that_a_device_never_acknowledges_is_sent_to_it_so_many_times_and_no_more()
    {
        var siti = await School.Enrol();
        var (line, id) = await School.Attach(siti);
        var message = (await School.Send(siti.Message())).Single();
        for (var sent = 1; sent <= 5; sent++)
        {
            Assert.Equal(message, IdOf(await line.Message()));
            line.Wire.Abort();
            (line, _) = await School.Attach(siti, id);
        }

        Assert.Equal([$"{id} 5 False"], await Queue(siti));
        await HasNothing(line, siti);
        var (fresh, _) = await School.Attach(siti);
        Assert.Equal(message, IdOf(await fresh.Message()));
        line.Dispose();
        fresh.Dispose();
    }

    [Fact]
    public async Task So_many_are_sent_without_an_answer_and_the_next_when_some_are_acknowledged()
    {
        var siti = await School.Enrol();
        var (line, _) = await School.Attach(siti);
        var ids = await School.Send([.. Enumerable.Range(0, DeviceLimits.InFlight + 30).Select(i => siti.Message($$"""{"number":{{i}}}"""))]);
        for (var i = 0; i < DeviceLimits.InFlight; i++) Assert.Equal(i, (int)(await line.Message())["payload"]!["number"]!);
        await line.IsSilent();

        await line.Acknowledge(ids[0], ids[7]);

        Assert.Equal(ids[DeviceLimits.InFlight], IdOf(await line.Message()));
        Assert.Equal(ids[DeviceLimits.InFlight + 1], IdOf(await line.Message()));
        await line.IsSilent();
        line.Dispose();
    }

    [Fact]
    public async Task A_new_device_is_given_so_many_of_those_that_wait_the_most_urgent_and_then_the_newest()
    {
        var siti = await School.Enrol();
        var (closed, id) = await School.Attach(siti);
        closed.Wire.Abort();
        var ids = await School.Send([.. Enumerable.Range(0, DeviceLimits.HandedOn).Select(_ => siti.Message())]);
        var urgent = (await School.Send(siti.Message(priority: MessagePriorities.Critical))).Single();
        await School.Send(siti.Message(priority: MessagePriorities.Low));

        var (fresh, freshId) = await School.Attach(siti);

        Assert.Equal(urgent, IdOf(await fresh.Message()));
        Assert.Equal(ids[1], IdOf(await fresh.Message()));
        Assert.Equal((DeviceLimits.HandedOn + 2, DeviceLimits.HandedOn), (await Waiting(id), await Waiting(freshId)));
        fresh.Dispose();
    }

    [Fact]
    public async Task Messages_are_left_for_the_open_devices_and_the_closed_ones_that_were_seen_last()
    {
        var siti = await School.Enrol();
        var ids = new List<string>();
        for (var i = 0; i < DeviceLimits.Closed + 2; i++)
        {
            var (line, id) = await School.Attach(siti);
            ids.Add(id);
            line.Wire.Abort();
            await Eventually.True(async () => !(await Alive(siti)).Contains(id));
        }

        var (open, openId) = await School.Attach(siti);
        var message = (await School.Send(siti.Message())).Single();

        Assert.Equal(ids.Skip(2).Append(openId).Order(StringComparer.Ordinal), (await Queue(siti)).Select(row => row.Split(' ')[0]).Order(StringComparer.Ordinal));
        var (again, _) = await School.Attach(siti, ids[0]);
        Assert.Equal(message, IdOf(await again.Message()));
        open.Dispose();
        again.Dispose();
    }

    [Fact]
    public async Task A_database_that_cuts_connections_off_costs_no_message_and_no_socket()
    {
        var siti = await School.Enrol();
        var (line, _) = await School.Attach(siti);
        await using var admin = NpgsqlDataSource.Create(School.App.Database.AdminConnectionString);
        var left = new HashSet<Guid>();
        for (var round = 0; round < 5; round++)
        {
            await using (var cut = admin.CreateCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'alur_app'"))
                await cut.ExecuteNonQueryAsync();
            School.App.Database.App.Clear(); // the test's own
            left.UnionWith(await School.Send(siti.Message(), siti.Message()));
        }

        while (left.Count > 0) left.Remove(IdOf(await line.Message()));
        line.Dispose();
    }

    private async Task<int> Waiting(string device) => (await School.App.Database.App.Statement(
        "select count(*)::int from realtime.websocket_message_queue where connection_id = @device", ("device", device)).Rows(r => r.GetInt32(0), default)).Single();

    private Task<List<string>> Alive(Person of) => School.App.Database.App.Statement(
        "select connection_id from realtime.websocket_connections where user_id = @user and is_alive", ("user", of.Id)).Rows(r => r.GetString(0), default);
}
