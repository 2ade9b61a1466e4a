using Alur.Platform.Data;
using Alur.Testing;

namespace Alur.Platform.Tests.Realtime;

/// <summary>The tables as the specification describes them, in small letters with underscores; what is ours comes after the specified columns.</summary>
[Trait("Spec", "D-518")]
public sealed class RealtimeTableTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const string ColumnsSql = """
        select column_name || ' ' || data_type || case is_nullable when 'YES' then ' optional' else '' end
            || case when column_default is null or column_default = 'now()' then '' else ' default ' || column_default end
        from information_schema.columns where table_schema = 'realtime' and table_name = @table order by ordinal_position limit @specified
        """;

    private const string IndexesSql = """
        select regexp_replace(indexdef, '^CREATE (UNIQUE )?INDEX (\S+) ON (ONLY )?realtime.\S+ USING btree ', '\1\2 ') from pg_indexes
        where schemaname = 'realtime' and tablename = @table
        """;

    [Fact]
    [Trait("Spec", "D-194"), Trait("Spec", "D-195"), Trait("Spec", "D-196"), Trait("Spec", "D-197"), Trait("Spec", "D-198"), Trait("Spec", "D-199")]
    [Trait("Spec", "D-200"), Trait("Spec", "D-201"), Trait("Spec", "D-202"), Trait("Spec", "D-203"), Trait("Spec", "D-204")]
    public async Task Connections_have_the_specified_columns() => Assert.Equal(
        [
            "id uuid",
            "user_id uuid",
            "connection_id text",
            "role text",
            "ip_address text optional",
            "user_agent text optional",
            "connected_at timestamp with time zone",
            "last_activity timestamp with time zone",
            "is_alive boolean default true",
            "rooms ARRAY default '{}'::text[]",
        ],
        await Columns("websocket_connections", 10));

    [Fact]
    [Trait("Spec", "D-205"), Trait("Spec", "D-206"), Trait("Spec", "D-207"), Trait("Spec", "D-208"), Trait("Spec", "D-209"), Trait("Spec", "D-210")]
    [Trait("Spec", "D-211"), Trait("Spec", "D-212"), Trait("Spec", "D-213")]
    public async Task Connections_have_every_specified_index() => Assert.Equal(
        [
            "UNIQUE websocket_connections_connection_id (connection_id)",
            "UNIQUE websocket_connections_pkey (id)",
            "websocket_connections_alive_activity (is_alive, last_activity DESC) WHERE (is_alive = true)",
            "websocket_connections_is_alive (is_alive)",
            "websocket_connections_last_activity (last_activity)",
            "websocket_connections_role (role)",
            "websocket_connections_user_id (user_id)",
        ],
        await Indexes("websocket_connections"));

    [Fact]
    [Trait("Spec", "D-219"), Trait("Spec", "D-220"), Trait("Spec", "D-221"), Trait("Spec", "D-222"), Trait("Spec", "D-223"), Trait("Spec", "D-224")]
    [Trait("Spec", "D-225"), Trait("Spec", "D-226"), Trait("Spec", "D-227")]
    public async Task Events_have_the_specified_columns() => Assert.Equal(
        [
            "id uuid",
            "event_type text",
            "connection_id text",
            "room_id text optional",
            "payload jsonb",
            "created_at timestamp with time zone",
            "delivered_at timestamp with time zone optional",
            "is_delivered boolean default false",
        ],
        await Columns("websocket_events", 8));

    [Fact]
    [Trait("Spec", "D-228"), Trait("Spec", "D-229"), Trait("Spec", "D-230"), Trait("Spec", "D-231"), Trait("Spec", "D-232"), Trait("Spec", "D-233")]
    [Trait("Spec", "D-234"), Trait("Spec", "D-235")]
    public async Task Events_have_every_specified_index() => Assert.Equal(
        [
            "UNIQUE websocket_events_pkey (id, created_at)",
            "websocket_events_connection_id (connection_id)",
            "websocket_events_created_at (created_at)",
            "websocket_events_event_type (event_type)",
            "websocket_events_is_delivered (is_delivered)",
            "websocket_events_room_id (room_id)",
            "websocket_events_undelivered (connection_id, created_at) WHERE (is_delivered = false)",
        ],
        await Indexes("websocket_events"));

    [Fact]
    [Trait("Spec", "D-243"), Trait("Spec", "D-244"), Trait("Spec", "D-245"), Trait("Spec", "D-246"), Trait("Spec", "D-247"), Trait("Spec", "D-248")]
    [Trait("Spec", "D-249"), Trait("Spec", "D-250"), Trait("Spec", "D-251"), Trait("Spec", "D-252")]
    public async Task Waiting_messages_have_the_specified_columns() => Assert.Equal(
        [
            "id uuid",
            "connection_id text optional",
            "event_type text",
            "payload jsonb",
            "priority integer default 0",
            "created_at timestamp with time zone",
            "expires_at timestamp with time zone optional",
            "attempts integer default 0",
            "max_attempts integer default 5",
        ],
        await Columns("websocket_message_queue", 9));

    [Fact]
    [Trait("Spec", "D-253"), Trait("Spec", "D-254"), Trait("Spec", "D-255"), Trait("Spec", "D-256"), Trait("Spec", "D-257"), Trait("Spec", "D-258")]
    [Trait("Spec", "D-259"), Trait("Spec", "D-504")]
    public async Task Waiting_messages_have_every_specified_index() => Assert.Equal(
        [
            "UNIQUE websocket_message_queue_once (message_id, connection_id)",
            "UNIQUE websocket_message_queue_pkey (id)",
            "websocket_message_queue_attempts (attempts)",
            "websocket_message_queue_connection_id (connection_id)",
            "websocket_message_queue_due (connection_id, priority, created_at, expires_at) WHERE (attempts < max_attempts)",
            "websocket_message_queue_expires_at (expires_at)",
            "websocket_message_queue_priority (priority, created_at)",
            "websocket_message_queue_unbound (user_id) WHERE (connection_id IS NULL)",
            "websocket_message_queue_user_id (user_id)",
        ],
        await Indexes("websocket_message_queue"));

    [Fact]
    [Trait("Spec", "D-260"), Trait("Spec", "D-261"), Trait("Spec", "D-262"), Trait("Spec", "D-263"), Trait("Spec", "D-264")]
    public async Task Memberships_have_the_specified_columns() => Assert.Equal(
        [
            "id uuid default gen_random_uuid()",
            "connection_id text",
            "room_id text",
            "joined_at timestamp with time zone",
        ],
        await Columns("websocket_room_memberships", 4));

    [Fact]
    [Trait("Spec", "D-265"), Trait("Spec", "D-266"), Trait("Spec", "D-267"), Trait("Spec", "D-268"), Trait("Spec", "D-269")]
    public async Task Memberships_have_every_specified_index() => Assert.Equal(
        [
            "UNIQUE websocket_room_memberships_connection_room (connection_id, room_id)",
            "UNIQUE websocket_room_memberships_pkey (id)",
            "websocket_room_memberships_connection_id (connection_id)",
            "websocket_room_memberships_room_id (room_id)",
        ],
        await Indexes("websocket_room_memberships"));

    [Fact]
    [Trait("Spec", "D-270"), Trait("Spec", "D-271"), Trait("Spec", "D-272"), Trait("Spec", "D-273"), Trait("Spec", "D-274"), Trait("Spec", "D-275")]
    [Trait("Spec", "D-276"), Trait("Spec", "D-277"), Trait("Spec", "D-278"), Trait("Spec", "D-279"), Trait("Spec", "D-280")]
    public async Task Notifications_have_the_specified_columns() => Assert.Equal(
        [
            "id uuid",
            "user_id uuid",
            "type text",
            "title text",
            "message text",
            "payload jsonb optional",
            "priority text default 'medium'::text",
            "read boolean default false",
            "created_at timestamp with time zone",
            "read_at timestamp with time zone optional",
        ],
        await Columns("real_time_notifications", 10));

    [Fact]
    [Trait("Spec", "D-281"), Trait("Spec", "D-282"), Trait("Spec", "D-283"), Trait("Spec", "D-284"), Trait("Spec", "D-285"), Trait("Spec", "D-286")]
    [Trait("Spec", "D-287"), Trait("Spec", "D-288"), Trait("Spec", "D-289"), Trait("Spec", "D-290"), Trait("Spec", "D-291")]
    public async Task Notifications_have_every_specified_index() => Assert.Equal(
        [
            "UNIQUE real_time_notifications_pkey (id)",
            "real_time_notifications_broadcast (broadcast_id) WHERE (broadcast_id IS NOT NULL)",
            "real_time_notifications_created_at (created_at)",
            "real_time_notifications_own (user_id, created_at DESC, id DESC)",
            "real_time_notifications_priority (priority)",
            "real_time_notifications_priority_created_at (priority, created_at)",
            "real_time_notifications_read (read)",
            "real_time_notifications_type (type)",
            "real_time_notifications_unread (user_id, created_at DESC) WHERE (read = false)",
            "real_time_notifications_urgent (user_id, priority, created_at DESC) WHERE (priority = ANY (ARRAY['high'::text, 'critical'::text]))",
            "real_time_notifications_user_id (user_id)",
            "real_time_notifications_user_read (user_id, read)",
        ],
        await Indexes("real_time_notifications"));

    private Task<List<string>> Columns(string table, int specified) =>
        fixture.App.Statement(ColumnsSql, ("table", table), ("specified", specified)).Rows(r => r.GetString(0), default);

    private async Task<IEnumerable<string>> Indexes(string table) =>
        (await fixture.App.Statement(IndexesSql, ("table", table)).Rows(r => r.GetString(0), default)).Order(StringComparer.Ordinal);
}
