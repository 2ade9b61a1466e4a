using Alur.Platform.Data;
using Alur.Platform.Realtime;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>What PostgreSQL does with a row that is shared by a sender, written by one and waited for by two.</summary>
public sealed class DeviceLockTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    // As with many devices: all are locked before the first is written, also where one statement does both.
    private const string PlanOfMany = "-c enable_nestloop=off";

    private const string DevicesSql = """
        insert into realtime.websocket_connections (id, user_id, connection_id, role, session_id, node)
        select gen_random_uuid(), user_id, repeat(letter, 32), 'client', id, 'here:1' from identity.sessions, unnest(array['a', 'b', 'c', 'd']) letter
        """;

    // Who waits, and for whom: how many steps it is to somebody who does not wait.
    private const string WaitersSql = """
        with recursive waits as (
            select a.pid, unnest(pg_blocking_pids(a.pid)) as by, 1 as steps from pg_stat_activity a where a.datname = current_database() and a.wait_event_type = 'Lock'
            union
            select w.pid, unnest(pg_blocking_pids(w.by)), w.steps + 1 from waits w where w.steps < 5
        )
        select count(distinct pid)::int from waits where by is not null and steps = @steps
        """;

    [Fact]
    public async Task Two_that_write_a_device_which_a_sender_shares_and_another_has_just_written_wait_in_no_circle()
    {
        await SignedInPeople.Add(fixture.Owner, 1);
        await fixture.Owner.Statement(DevicesSql).Run(default);
        var (sender, first, second, last) = (await Hold('c', "key share"), await Hold('a', "no key update"), await Hold('b', "no key update"), await Hold('d', "no key update"));
        await using var db = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(fixture.Database.AppConnectionString) { Options = PlanOfMany });
        var one = WriteDevices.Seen(db, Devices("acd"), default);
        var other = WriteDevices.Left(db, Devices("bc"), default);
        await Eventually.True(async () => await Waiting(1) == 2); // both have looked at the device that the next statement writes
        await fixture.App.Statement("update realtime.websocket_connections set last_activity = now() where connection_id = repeat('c', 32)").Run(default);
        await first.Transaction.CommitAsync();
        await Eventually.True(async () => await Blocked(last) == 1); // the one has the device
        await second.Transaction.CommitAsync();
        await Eventually.True(async () => await Waiting(2) == 1); // the other waits for the one

        await last.Transaction.CommitAsync();

        Assert.Empty(await one);
        Assert.Equal(2, await other);
        foreach (var holder in new[] { sender, first, second, last }) await holder.Connection.DisposeAsync();
    }

    private async Task<(NpgsqlConnection Connection, NpgsqlTransaction Transaction)> Hold(char device, string how)
    {
        var connection = await fixture.App.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await transaction.Statement($"select from realtime.websocket_connections where connection_id = repeat('{device}', 32) for {how}").Run(default);
        return (connection, transaction);
    }

    private static Device[] Devices(string letters) => [.. letters.Select(letter => new Device(new string(letter, 32), 1))];

    private async Task<int> Waiting(int steps) => (await fixture.App.Statement(WaitersSql, ("steps", steps)).Rows(r => r.GetInt32(0), default)).Single();

    private async Task<int> Blocked((NpgsqlConnection Connection, NpgsqlTransaction Transaction) by) => (await fixture.App.Statement(
        "select count(*)::int from pg_stat_activity where datname = current_database() and @by = any (pg_blocking_pids(pid))", ("by", by.Connection.ProcessID)).Rows(r => r.GetInt32(0), default)).Single();
}
