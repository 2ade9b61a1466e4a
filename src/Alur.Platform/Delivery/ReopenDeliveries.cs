using Npgsql;

namespace Alur.Platform.Delivery;

/// <summary>
/// Takes whole lanes back, inside the caller's transaction: the one way out of SENT, for a destination that has lost what it accepted.
/// Every job becomes CANCELLED, so that the next enqueue sends it again, with all its attempts and in its place.
/// </summary>
internal static class ReopenDeliveries
{
    // A lane under a lease is left alone, also when the lease ran out: its holder may be about to send what comes later. In a lane that
    // nobody holds, a job still SENDING is what a lost holder left behind, and nobody can settle it any more.
    private const string TakeBack = """
        with free as materialized (
            select l.key from delivery.lanes l where l.channel = $1 and l.key = any($2) and l.lease_token is null
        ), taken as (
            update delivery.jobs j set
                state = 'CANCELLED', unanswered = false, replaced = false, acknowledged = false, fingerprint = null, finished_at = now()
            where j.channel = $1 and j.key = any(array(select f.key from free f)) and (j.state <> 'CANCELLED' or j.unanswered or j.acknowledged)
        )
        update delivery.lanes l set state = 'IDLE'
        where l.channel = $1 and l.key = any(array(select f.key from free f)) and l.lease_token is null
        returning l.key
        """;

    /// <summary>Takes back what nobody is sending.</summary>
    /// <returns>The keys whose lanes were taken back.</returns>
    public static async Task<IReadOnlyList<string>> Run(NpgsqlTransaction tx, string channel, IReadOnlyList<string> keys, CancellationToken ct)
    {
        if (keys.Count == 0) return [];
        var sorted = keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        await using var batch = new NpgsqlBatch(tx.Connection, tx)
        {
            BatchCommands = { Sql.Command(WithdrawDeliveries.LockLanes, channel, sorted), Sql.Command(TakeBack, channel, sorted) },
        };
        var reopened = new List<string>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct)) reopened.Add(reader.GetString(0));
        return reopened;
    }
}
