using Alur.Platform.Realtime;
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
}
