using Alur.Platform.Realtime;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>Messages and devices that come at the same time: neither waits for the other, and no message falls between.</summary>
public sealed class MeanwhileTests(PatientSchoolFixture fixture) : DeviceTests(fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Devices_that_come_while_a_message_is_being_left_wait_for_nobody_and_get_it(bool hadOne)
    {
        var siti = await School.Enrol();
        var there = hadOne ? (await School.Attach(siti)).Line : null;
        await using var sending = await Sending.Of(School, siti.Message());
        var (phone, _) = await School.Attach(siti);
        var (desk, _) = await School.Attach(siti);
        for (var look = 0; look < 3; look++) // the transaction goes on
        {
            await HasNothing(phone, siti);
            await HasNothing(desk, siti, sent: true);
        }

        await sending.Commit();

        foreach (var line in (Line[])[phone, desk])
        {
            Assert.Equal(sending.Ids[0], IdOf(await line.Message()));
            await line.Acknowledge(sending.Ids[0]);
        }

        await HasNothing(phone, siti);
        await HasNothing(desk, siti, sent: true);
        phone.Dispose();
        desk.Dispose();
        there?.Dispose();
    }

    [Fact]
    public async Task A_device_that_changes_its_node_meanwhile_gets_it_once()
    {
        await using var elsewhere = await School.Open(School.App);
        var siti = await School.Enrol();
        await using var sending = await Sending.Of(School, siti.Message());
        var (old, id) = await School.Attach(siti);

        var (line, _) = await elsewhere.Attach(siti, id);
        Assert.Equal(4409, await old.Closed());
        await sending.Commit();

        Assert.Equal(sending.Ids[0], IdOf(await line.Message()));
        await line.Acknowledge(sending.Ids[0]);
        await HasNothing(line, siti);
        line.Dispose();
    }

    [Fact]
    public async Task What_is_taken_back_reaches_nobody()
    {
        var siti = await School.Enrol();
        Line line;
        await using (await Sending.Of(School, siti.Message())) (line, _) = await School.Attach(siti);

        await HasNothing(line, siti);
        line.Dispose();
    }

    [Fact]
    public async Task Of_many_messages_and_devices_at_once_every_device_gets_every_message()
    {
        var siti = await School.Enrol();
        await using var elsewhere = await School.Open(School.App);
        var chance = new Random(7);
        var sent = new List<Guid>();
        var attached = new List<Line>();

        for (var round = 0; round < 6; round++)
        {
            var (order, place) = (chance.Next(), chance.Next(2) == 0 ? School : elsewhere);
            var devices = Enumerable.Range(0, 3).Select(_ => Task.Run(() => place.Attach(siti))).ToList();
            var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
            {
                await using var sending = await Sending.Of(School, siti.Message());
                if ((order >> n & 1) == 1) await School.Send(siti.Message(priority: 100)); // ends after another that began later
                await sending.Commit();
                return sending.Ids[0];
            })));
            sent.AddRange(ids);
            attached.AddRange((await Task.WhenAll(devices)).Select(device => device.Line));
        }

        foreach (var line in attached)
        {
            var left = sent.ToHashSet();
            while (left.Count > 0) left.Remove(IdOf(await line.Message()));
            line.Dispose();
        }
    }

    /// <summary>Messages that are left and not committed yet.</summary>
    private sealed class Sending(NpgsqlConnection connection, NpgsqlTransaction tx, IReadOnlyList<Guid> ids) : IAsyncDisposable
    {
        public IReadOnlyList<Guid> Ids => ids;

        public static async Task<Sending> Of(School school, params UserMessage[] messages)
        {
            var connection = await school.App.Database.App.OpenConnectionAsync();
            var tx = await connection.BeginTransactionAsync();
            return new Sending(connection, tx, await SendToUsers.Run(tx, messages, default));
        }

        public Task Commit() => tx.CommitAsync();

        public async ValueTask DisposeAsync()
        {
            await tx.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
