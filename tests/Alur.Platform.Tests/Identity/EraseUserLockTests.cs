using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Testing;

namespace Alur.Platform.Tests.Identity;

/// <summary>Devices and what waits for them are taken in the order in which everybody takes them, though they lie the other way round.</summary>
public sealed class EraseUserLockTests(AccountDesk desk) : IClassFixture<AccountDesk>
{
    private const string DevicesSql = """
        insert into realtime.websocket_connections (id, user_id, connection_id, role, session_id, node)
        select gen_random_uuid(), s.user_id, d.id || s.user_id, 'client', s.id, 'here:1'
        from identity.sessions s join identity.users u on u.id = s.user_id, unnest('{z,a}'::text[]) with ordinality d(id, number) where u.email = @email order by d.number
        """;

    private const string WaitingSql = """
        insert into realtime.websocket_message_queue (id, connection_id, event_type, payload, user_id, message_id)
        select (d.id || substr(u.id::text, 2))::uuid, d.device || u.id, 'system_alert', '{}', u.id, gen_random_uuid()
        from identity.users u, (values (1, 'f', 'z'), (2, '0', 'a')) d(number, id, device) where u.email = @email order by d.number
        """;

    private const string WaitersSql = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    [Theory]
    [InlineData("realtime.websocket_connections", "connection_id")]
    [InlineData("realtime.websocket_message_queue", "id")]
    public async Task Whoever_holds_the_first_by_key_can_take_the_last_while_an_account_is_erased(string table, string key)
    {
        var email = await desk.Somebody();
        await desk.Enter(email);
        await desk.Do("delete from identity.sessions s using identity.users u where u.id = s.user_id and u.email = @email and s.id <> (select max(o.id::text)::uuid from identity.sessions o where o.user_id = u.id)", ("email", email));
        Assert.Equal((2, 2), (await desk.Do(DevicesSql, ("email", email)), await desk.Do(WaitingSql, ("email", email))));
        Assert.True((await desk.Disable.Run(email, AuditOrigin.System, CancellationToken.None)).Ok);
        var user = await desk.Ask<Guid>("select id from identity.users where email = @email", ("email", email));

        await using var connection = await desk.Database.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        Assert.Equal(1, await Take("asc"));
        var erasing = desk.Erase.Run(email, AuditOrigin.System, CancellationToken.None);
        await Eventually.True(async () => (await desk.Database.Statement(WaitersSql).Rows(r => r.GetInt64(0), default)).Single() == 1);
        Assert.Equal(1, await Take("desc"));
        await tx.RollbackAsync();

        Assert.True((await erasing).Ok);
        Assert.Equal(0, await desk.Ask<long>($"select count(*) from {table} where user_id = @user", ("user", user)));

        async Task<int> Take(string order) => (await tx.Statement(
            $"select 1 from {table} where user_id = @user and {key} = (select {key} from {table} where user_id = @user order by {key} {order} limit 1) for update nowait", ("user", user)).Rows(r => r.GetInt32(0), default)).Count;
    }
}
