using Alur.Platform.Data;
using Alur.Testing;
using Npgsql;

namespace Alur.Platform.Tests.Realtime;

/// <summary>What PostgreSQL itself refuses, and what goes with what.</summary>
public sealed class RealtimeConstraintTests : IAsyncLifetime
{
    private const string Account = """
        insert into identity.users (id, email, password, name) values
            ('00000000-0000-0000-0000-000000000001', 'siti@rs.id', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'Siti');
        insert into identity.sessions (id, user_id, kind, expires_at) values
            ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001', 'cookie', now() + interval '1 hour');
        """;

    private const string Device = """
        insert into realtime.websocket_connections (id, user_id, connection_id, role, session_id, node) values
            (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'device-one-of-siti', 'client', '00000000-0000-0000-0000-00000000000a', 'a');
        """;

    private const string Event = """
        insert into realtime.websocket_events (id, event_type, connection_id, payload, message_id, is_delivered, delivered_at, created_at)
        values (gen_random_uuid(), @type, 'device-one-of-siti', '{}', gen_random_uuid(), @delivered, @at, @created)
        """;

    private TestDatabase? _database;

    private TestDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        await Owner(Account);
        await Owner(Device);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    [Theory]
    [InlineData("project_update"), InlineData("payment_received"), InlineData("system_alert"), InlineData("admin_broadcast"), InlineData("connection_status"), InlineData("heartbeat")]
    [Trait("Spec", "D-236"), Trait("Spec", "D-512")]
    public async Task Every_event_type_of_the_specification_can_be_delivered_and_wait(string type)
    {
        await Deliver(type);
        await Owner($"insert into realtime.websocket_message_queue (id, event_type, payload, user_id, message_id) select gen_random_uuid(), '{type}', '{{}}', user_id, gen_random_uuid() from realtime.websocket_connections");
    }

    [Fact]
    [Trait("Spec", "D-236"), Trait("Spec", "D-512")]
    public async Task Another_event_type_can_neither_be_delivered_nor_wait()
    {
        Assert.Equal("websocket_events_event_type_check", await Refused(() => Deliver("rumour")));
        Assert.Equal("websocket_message_queue_event_type_check", await Refused(() => Owner(
            "insert into realtime.websocket_message_queue (id, event_type, payload, user_id, message_id) select gen_random_uuid(), 'rumour', '{}', user_id, gen_random_uuid() from realtime.websocket_connections")));
    }

    [Fact]
    [Trait("Spec", "D-516")]
    public async Task Delivered_and_when_cannot_disagree()
    {
        Assert.Equal("websocket_events_delivered_check", await Refused(() => Deliver("heartbeat", delivered: true)));
        Assert.Equal("websocket_events_delivered_check", await Refused(() => Deliver("heartbeat", at: DateTime.UtcNow)));
    }

    [Theory]
    [InlineData("project_status_change"), InlineData("payment_received"), InlineData("system_announcement"), InlineData("admin_alert"), InlineData("deadline_reminder"), InlineData("new_feature")]
    [Trait("Spec", "D-293"), Trait("Spec", "D-292")]
    public async Task Every_notification_type_and_priority_of_the_specification_can_be_told(string type)
    {
        foreach (var priority in (string[])["low", "medium", "high", "critical"]) await Notify(type, priority);
    }

    [Fact]
    [Trait("Spec", "D-293"), Trait("Spec", "D-292"), Trait("Spec", "D-516")]
    public async Task Another_type_or_priority_and_a_reading_without_its_time_are_refused()
    {
        Assert.Equal("real_time_notifications_type_check", await Refused(() => Notify("gossip", "low")));
        Assert.Equal("real_time_notifications_priority_check", await Refused(() => Notify("new_feature", "urgent")));
        Assert.Equal("real_time_notifications_read_check", await Refused(async () =>
        {
            await Notify("new_feature", "low");
            await Owner("update realtime.real_time_notifications set read = true");
        }));
    }

    [Fact]
    [Trait("Spec", "D-198"), Trait("Spec", "D-218")]
    public async Task A_connection_has_one_of_the_two_roles() =>
        Assert.Equal("websocket_connections_role_check", await Refused(() => Owner("update realtime.websocket_connections set role = 'owner'")));

    [Fact]
    [Trait("Spec", "D-204"), Trait("Spec", "D-513")]
    public async Task Rooms_are_always_what_the_memberships_say()
    {
        await Owner("insert into realtime.websocket_room_memberships (connection_id, room_id) values ('device-one-of-siti', 'b'), ('device-one-of-siti', 'a')");
        Assert.Equal(["a", "b"], await Rooms());
        await Owner("delete from realtime.websocket_room_memberships where room_id = 'b'");
        Assert.Equal(["a"], await Rooms());
    }

    [Fact]
    [Trait("Spec", "D-206"), Trait("Spec", "D-214"), Trait("Spec", "D-215"), Trait("Spec", "D-216"), Trait("Spec", "D-217"), Trait("Spec", "D-229"), Trait("Spec", "D-254")]
    [Trait("Spec", "D-266"), Trait("Spec", "D-282"), Trait("Spec", "D-558")]
    public async Task What_belongs_to_a_device_goes_with_it_and_everything_with_the_person()
    {
        await Fill();
        await Owner("delete from realtime.websocket_connections");
        Assert.Equal("0 0 0 1", await Left());
        await Owner("truncate realtime.real_time_notifications");
        await Owner(Device);
        await Fill();
        await Owner("delete from identity.sessions");
        Assert.Equal("0 0 0 1", await Left());
        await Owner("delete from identity.users");
        Assert.Equal("0 0 0 0", await Left());
    }

    [Fact]
    [Trait("Spec", "D-356"), Trait("Spec", "D-357"), Trait("Spec", "D-358"), Trait("Spec", "D-507"), Trait("Spec", "D-526")]
    public async Task Deliveries_are_kept_by_month_for_three_months()
    {
        await Deliver("heartbeat");
        var old = new DateTime(DateTime.UtcNow.Year, DateTime.UtcNow.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(-5);
        await Owner($"create table realtime.websocket_events_{old:yyyy_MM} partition of realtime.websocket_events for values from ('{old:yyyy-MM-dd}Z') to ('{old.AddMonths(1):yyyy-MM-dd}Z')");
        await Deliver("heartbeat", created: old.AddDays(3));
        await Deliver("heartbeat", created: old.AddMonths(-2));

        Assert.Equal(1, (await Database.App.Statement("select realtime.keep_events(interval '3 months')").Rows(r => r.GetInt32(0), default)).Single());

        Assert.Equal([$"realtime.websocket_events_{DateTime.UtcNow:yyyy_MM}"], await Database.Owner.Statement("select tableoid::regclass::text from realtime.websocket_events").Rows(r => r.GetString(0), default));
        Assert.Equal("23001", (await Assert.ThrowsAsync<PostgresException>(() => Database.App.Statement("select realtime.keep_events(interval '27 days')").Run(default))).SqlState);
    }

    private async Task Fill()
    {
        await Deliver("heartbeat");
        await Notify("new_feature", "low");
        await Owner("insert into realtime.websocket_room_memberships (connection_id, room_id) values ('device-one-of-siti', 'b')");
        await Owner("insert into realtime.websocket_message_queue (id, connection_id, event_type, payload, user_id, message_id) select gen_random_uuid(), connection_id, 'heartbeat', '{}', user_id, gen_random_uuid() from realtime.websocket_connections");
    }

    private async Task<string> Left() => (await Database.Owner.Statement("""
        select (select count(*) from realtime.websocket_events) || ' ' || (select count(*) from realtime.websocket_room_memberships) || ' '
            || (select count(*) from realtime.websocket_message_queue) || ' ' || (select count(*) from realtime.real_time_notifications)
        """).Rows(r => r.GetString(0), default)).Single();

    private async Task<string[]> Rooms() => (await Database.App.Statement("select rooms from realtime.websocket_connections").Rows(r => r.GetFieldValue<string[]>(0), default)).Single();

    private Task<int> Deliver(string type, bool delivered = false, DateTime? at = null, DateTime? created = null) => Database.App.Statement(
        Event, ("type", type), ("delivered", delivered), ("at", at), ("created", created ?? DateTime.UtcNow)).Run(default);

    private Task<int> Notify(string type, string priority) => Owner($"""
        insert into realtime.real_time_notifications (id, user_id, type, title, message, priority)
        values (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', '{type}', 'News', 'Something is new.', '{priority}')
        """);

    private Task<int> Owner(string sql) => Database.Owner.Statement(sql).Run(default);

    private static async Task<string?> Refused(Func<Task> what) => (await Assert.ThrowsAsync<PostgresException>(what)).ConstraintName;
}
