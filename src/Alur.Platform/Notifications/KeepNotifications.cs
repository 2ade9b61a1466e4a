using Alur.Platform.Data;
using Npgsql;

namespace Alur.Platform.Notifications;

/// <summary>Takes away what was read 90 days ago and what nobody read within a year, and broadcasts after thirteen months; their counts stay right meanwhile.</summary>
internal sealed class KeepNotifications(NpgsqlDataSource database)
{
    private const int AtOnce = 5000;

    private const string ForgetSql = """
        with going as materialized (
            select n.id from realtime.real_time_notifications n
            where n.created_at < now() - interval '90 days' and (n.read_at < now() - interval '90 days' or n.created_at < now() - interval '1 year')
            order by n.id limit @most
            for update skip locked
        ), gone as (
            delete from realtime.real_time_notifications n using going g where n.id = g.id returning n.broadcast_id, n.read
        ), counted as (
            update realtime.broadcasts b set forgotten_reads = b.forgotten_reads + r.reads
            from (select broadcast_id, count(*)::int as reads from gone where read and broadcast_id is not null group by broadcast_id) r
            where b.id = r.broadcast_id
        )
        select count(*)::int from gone
        """;

    private const string BroadcastsSql = "delete from realtime.broadcasts where sent_at < now() - interval '13 months'";

    /// <summary>Runs once over everything, in batches that are transactions of their own.</summary>
    /// <returns>How many notifications went.</returns>
    public async Task<int> RunOnce(CancellationToken ct)
    {
        var (sum, gone) = (0, AtOnce);
        while (gone == AtOnce)
        {
            gone = (await database.Statement(ForgetSql, ("most", AtOnce)).Rows(r => r.GetInt32(0), ct)).Single();
            sum += gone;
        }

        await database.Statement(BroadcastsSql).Run(ct);
        return sum;
    }
}
