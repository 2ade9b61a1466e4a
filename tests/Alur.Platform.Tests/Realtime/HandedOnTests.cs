using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Identity;
using Alur.Platform.Realtime;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>What a device is given of what others have, while those acknowledge it or come and go.</summary>
public sealed class HandedOnTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string WaitersSql = "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    private readonly AttachDevice _attach = new(fixture.App, new RealtimeOptions());

    private NpgsqlDataSource Db => fixture.App;

    [Fact]
    [Trait("Spec", "D-511")]
    public async Task What_a_device_acknowledged_while_another_was_given_it_never_comes_back()
    {
        var siti = await Person();
        await Attach(siti);
        var (device, message) = await Told(siti);

        await AcknowledgedWhileAnotherComes(siti, device, message);

        var again = await Attach(siti, device.Device.ConnectionId);
        Assert.DoesNotContain(await DrainQueue.Run(Db, [again], default), waiting => waiting.Id == message);
    }

    [Fact]
    public async Task Nor_over_the_same_socket_while_some_transaction_goes_on()
    {
        await using var connection = await Db.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await tx.Statement("select pg_current_xact_id()").Run(default);
        var siti = await Person();
        await Attach(siti);
        var (device, message) = await Told(siti);

        await AcknowledgedWhileAnotherComes(siti, device, message);
        device.Written([message]);

        Assert.False(device.IsSettled);
        await TakeMissed.Run(Db, [device], default);
        Assert.DoesNotContain(await DrainQueue.Run(Db, [device], default), waiting => waiting.Id == message);
    }

    [Fact]
    public async Task Devices_that_were_taken_for_gone_and_are_not_say_again_what_they_follow()
    {
        var device = (await Attach(await Person())).Device;
        await WriteRooms.Run(Db, [(device, ["antrean:default"])], default);
        await fixture.Owner.Statement("update realtime.websocket_connections set last_activity = now() - interval '4 minutes' where connection_id = @id", ("id", device.ConnectionId)).Run(default);
        await new KeepDevices(Db).RunOnce(default);

        Assert.Equal([device.ConnectionId], await WriteDevices.Seen(Db, [device], default));
        Assert.Empty(await WriteDevices.Seen(Db, [device], default));
    }

    [Fact]
    public async Task A_message_of_another_cluster_is_taken_for_an_old_one()
    {
        var siti = await Person();
        var (_, message) = await Told(siti);
        await fixture.Owner.Statement("update realtime.websocket_message_queue set sent_in = '9000000000000' where message_id = @id", ("id", message)).Run(default);
        var late = await Attach(siti);
        await fixture.Owner.Statement("delete from realtime.websocket_message_queue where connection_id = @id", ("id", late.Device.ConnectionId)).Run(default);

        await TakeMissed.Run(Db, [late], default);

        Assert.Empty(await DrainQueue.Run(Db, [late], default));
    }

    [Fact]
    public void Of_what_a_socket_never_had_a_few_are_acknowledged_at_once()
    {
        var line = new DeviceLine(new Device(new string('a', 32), 1), Guid.NewGuid());
        var (had, made) = (Some(40).ToList(), Some(300).ToList());
        had.ForEach(id => line.Sent(id, Guid.NewGuid()));
        line.Acknowledge([.. made, .. had]);

        var first = line.Acknowledged;
        line.Written(first);

        Assert.Subset(first.ToHashSet(), had.ToHashSet());
        Assert.InRange(first.Length - had.Count, 1, 50);
        Assert.Equal(first.Length - had.Count, line.Acknowledged.Length);
    }

    private static IEnumerable<Guid> Some(int count) => Enumerable.Range(0, count).Select(_ => Guid.NewGuid());

    private async Task<SignedInUser> Person() => (await SignedInPeople.Add(fixture.Owner, 1)).Single();

    private async Task<DeviceLine> Attach(SignedInUser person, string? id = null) => new((await _attach.Run(person, AuditOrigin.System, id, default))!, person.UserId);

    // A device that has been sent a message.
    private async Task<(DeviceLine Device, Guid Message)> Told(SignedInUser person)
    {
        var device = await Attach(person);
        await using var connection = await Db.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await SendToUsers.Run(tx, [new UserMessage(person.UserId, MessageTypes.SystemAlert, MessagePriorities.Medium, "{}")], default);
        await tx.CommitAsync();
        var sent = Assert.Single(await DrainQueue.Run(Db, [device], default));
        device.Sent(sent.Id, sent.Row);
        return (device, sent.Id);
    }

    // Another device is in the middle of its beginning: it waits for a row that waits for nobody yet.
    private async Task AcknowledgedWhileAnotherComes(SignedInUser person, DeviceLine device, Guid message)
    {
        await fixture.Owner.Statement(
            "insert into realtime.websocket_message_queue (id, event_type, payload, user_id, message_id) values ('ffffffff-ffff-ffff-ffff-ffffffffffff', 'system_alert', '{}', @user, gen_random_uuid())",
            ("user", person.UserId)).Run(default);
        await using var connection = await Db.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        await tx.Statement("select id from realtime.websocket_message_queue where user_id = @user and connection_id is null for update", ("user", person.UserId)).Run(default);
        var other = Attach(person);
        await Eventually.True(async () => await Waiters() == 1);
        var acknowledged = AcknowledgeMessages.Run(Db, [(device.Device.ConnectionId, message)], default);
        await Eventually.True(async () => acknowledged.IsCompleted || await Waiters() == 2);
        await tx.RollbackAsync();
        await other;
        await acknowledged;
        await fixture.Owner.Statement("delete from realtime.websocket_message_queue where id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'").Run(default);
    }

    private async Task<int> Waiters() => (await Db.Statement(WaitersSql).Rows(r => r.GetInt32(0), default)).Single();
}
