using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Delivery;

/// <summary>Puts failed jobs back to PENDING with all their attempts, opens their lanes and lets the module follow.</summary>
internal static class RequeueFailed
{
    // A lane has one failed job and is not leased while it is parked, so one snapshot is enough: what moved since is filtered by the updates.
    private const string Requeue = """
        with target as materialized (
            select j.id, j.channel, j.key
            from delivery.jobs j
            where j.fingerprint is not null and j.state = 'FAILED'
              and (j.channel = $1 or j.channel like $1 || ':%')
              and ($2::bigint[] is null or j.id = any($2))
              and ($3::text is null or j.channel = $3)
              and ($4::text is null or j.last_code = $4)
              and ($5::timestamptz is null or j.finished_at >= $5)
              and ($6::timestamptz is null or j.finished_at < $6)
              and ($7::text is null or starts_with(j.key, $7))
              and ($8::text is null or j.fingerprint = $8)
              and ($9::text is null or j.outage and j.channel in (select c.name from delivery.channels c where c.breaker = $9))
        ), locked as materialized (
            select l.channel, l.key from delivery.lanes l
            where (l.channel, l.key) in (select t.channel, t.key from target t) and l.state = 'PARKED'
            order by l.channel, l.key
            for no key update
        ), requeued as (
            update delivery.jobs j set
                state = 'PENDING', claims = 0, attempts = 0, outage = false, fingerprint = null, finished_at = null
            from target t join locked k using (channel, key)
            where j.id = t.id and j.state = 'FAILED'
            returning j.id as job_id, j.channel, j.key collate "default" as key, j.step, $10::text as actor
        ), opened as (
            update delivery.lanes l set state = 'OPEN', due_at = now(), head_step = least(l.head_step, r.step)
            from requeued r
            where l.channel = r.channel and l.key = r.key and l.state = 'PARKED'
        )
        """;

    private const string Result = "select r.channel, count(*)::int from requeued r group by r.channel";

    /// <summary>Requeues the matching jobs of one kind of channel.</summary>
    /// <param name="breaker">Only jobs that failed because the destination behind this breaker was down.</param>
    /// <returns>How many jobs went back, by channel.</returns>
    public static async Task<IReadOnlyDictionary<string, int>> Run(
        NpgsqlConnection connection, NpgsqlTransaction tx, string kind, string effects, RequeueFilter filter, string? breaker, string actor,
        CancellationToken ct)
    {
        var command = new NpgsqlBatchCommand(string.Join('\n', Requeue, effects, Result))
            .With(kind)
            .WithNullable(filter.JobIds?.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint)
            .WithNullable(filter.Channel, NpgsqlDbType.Text)
            .WithNullable(filter.Code, NpgsqlDbType.Text)
            .WithNullable(filter.FailedFrom?.ToUniversalTime(), NpgsqlDbType.TimestampTz)
            .WithNullable(filter.FailedBefore?.ToUniversalTime(), NpgsqlDbType.TimestampTz)
            .WithNullable(filter.KeyPrefix, NpgsqlDbType.Text)
            .WithNullable(filter.Fingerprint, NpgsqlDbType.Text)
            .WithNullable(breaker, NpgsqlDbType.Text)
            .With(actor);
        await using var batch = new NpgsqlBatch(connection, tx) { BatchCommands = { command } };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var requeued = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct)) requeued.Add(reader.GetString(0), reader.GetInt32(1));
        return requeued;
    }
}
