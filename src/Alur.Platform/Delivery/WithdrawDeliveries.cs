using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>Cancels jobs that nobody is sending, inside the caller's transaction, and puts their lanes right.</summary>
internal static class WithdrawDeliveries
{
    internal const string LockLanes = """
        select count(*) from (
            select 1 from delivery.lanes l where l.channel = $1 and l.key = any($2) order by l.key for no key update
        ) locked
        """;

    private const string CancelJobs = """
        update delivery.jobs j set state = 'CANCELLED', fingerprint = null, finished_at = now()
        from unnest($2, $3) as d(key, step)
        where j.channel = $1 and j.key = d.key and j.step = d.step and j.state in ('PENDING', 'FAILED')
        returning j.key, j.step
        """;

    // A leased lane is left to its holder: its settle looks at the jobs that remain.
    private const string MendLanes = """
        update delivery.lanes l set
            state = case when n.parked then 'PARKED' when n.head is null then 'IDLE' else 'OPEN' end,
            head_step = coalesce(n.head, l.head_step),
            due_at = case when l.state = 'OPEN' and n.head = l.head_step then l.due_at else now() end
        from (
            select o.key,
                   (select min(j.step) from delivery.jobs j
                    where j.channel = $1 and j.key = o.key and j.state in ('PENDING', 'SENDING', 'FAILED') and j.step >= o.head_step) as head,
                   exists (select 1 from delivery.jobs f
                           where f.channel = $1 and f.key = o.key and f.fingerprint is not null) as parked
            from delivery.lanes o
            where o.channel = $1 and o.key = any($2) and o.lease_token is null
        ) n
        where l.channel = $1 and l.key = n.key and l.state <> 'IDLE'
        """;

    /// <summary>Withdraws what can be withdrawn.</summary>
    /// <returns>The places whose jobs are cancelled now and were not before.</returns>
    public static async Task<IReadOnlyList<(string Key, int Step)>> Run(
        NpgsqlTransaction tx, string channel, IReadOnlyList<(string Key, int Step)> places, CancellationToken ct)
    {
        if (places.Count == 0) return [];
        var keys = places.Select(p => p.Key).ToArray();
        var distinct = keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        await using var batch = new NpgsqlBatch(tx.Connection, tx)
        {
            BatchCommands =
            {
                Sql.Command(LockLanes, channel, distinct),
                Sql.Command(CancelJobs, channel, keys, places.Select(p => p.Step).ToArray()),
                Sql.Command(MendLanes, channel, distinct),
            },
        };
        var withdrawn = new List<(string, int)>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct)) withdrawn.Add((reader.GetString(0), reader.GetInt32(1)));
        await reader.NextResultAsync(ct);
        return withdrawn;
    }
}
