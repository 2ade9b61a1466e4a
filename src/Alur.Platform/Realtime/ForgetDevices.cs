using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Realtime;

/// <summary>Forgets devices that the transaction has locked. What they leave that nobody has acknowledged waits for the next device of its person.</summary>
internal static class ForgetDevices
{
    // All of their rows are locked, in the order of their keys, before the devices take them along; of each message one stays, unless it waits for a device that stays.
    private const string UnbindSql = """
        with held as materialized (
            select q.id, q.message_id from realtime.websocket_message_queue q where q.connection_id = any (@devices) order by q.id for update
        ), kept as (
            select distinct on (q.message_id) q.id
            from realtime.websocket_message_queue q
            where q.id in (select id from held) and not q.acknowledged
              and not exists (
                select from realtime.websocket_message_queue o
                where o.message_id = q.message_id and (o.connection_id is null or o.connection_id <> all (@devices)))
            order by q.message_id, q.id
        )
        update realtime.websocket_message_queue q set connection_id = null, attempts = 0 from kept k where q.id = k.id
        """;

    private const string ForgetSql = "delete from realtime.websocket_connections where connection_id = any (@devices)";

    /// <summary>Forgets them.</summary>
    public static async Task Run(NpgsqlTransaction tx, string[] devices, CancellationToken ct)
    {
        await tx.Statement(UnbindSql, ("devices", devices)).Run(ct);
        await tx.Statement(ForgetSql, ("devices", devices)).Run(ct);
    }
}
