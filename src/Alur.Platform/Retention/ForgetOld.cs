using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Platform.Retention;

/// <summary>
/// Forgets what the delivery engine no longer needs. A lane goes whole or not at all, and never while it has anything unfinished. Bounded batches,
/// each a short transaction of its own: whatever it is interrupted by, the next run goes on.
/// </summary>
internal sealed partial class ForgetOld(NpgsqlDataSource db, RetentionOptions options, ILogger<ForgetOld> log)
{
    private const int JobsAtOnce = 1000;
    private const int AttemptsAtOnce = 5000;

    // Ids grow with created_at but for what overlapped, so a page without anything old is the end: no index on time is needed.
    private const string NextJobs = """
        select j.id, j.channel, j.key, j.created_at < now() - $3 as old from delivery.jobs j where j.id > $1 order by j.id limit $2
        """;

    private const string LockQuietLanes = """
        select l.channel, l.key
        from unnest($1, $2) as d(channel, key)
        join delivery.lanes l on l.channel = d.channel and l.key = d.key
        where l.state <> 'OPEN' and l.lease_token is null
        order by l.channel, l.key
        for update of l skip locked
        """;

    // A snapshot of its own: what was enqueued into a parked lane while we waited for its lock must be seen.
    private const string DropLanes = """
        with going as materialized (
            select d.channel, d.key
            from unnest($1, $2) as d(channel, key)
            where not exists (
                select 1 from delivery.jobs j
                where j.channel = d.channel and j.key = d.key and (j.finished_at is null or j.finished_at >= now() - $3))
        ), jobs as (
            delete from delivery.jobs j using going g where j.channel = g.channel and j.key = g.key returning 1
        ), lanes as (
            delete from delivery.lanes l using going g where l.channel = g.channel and l.key = g.key returning 1
        )
        select (select count(*)::int from jobs), (select count(*)::int from lanes)
        """;

    // A failed job keeps its payload as long as it can be requeued.
    private const string ClearJobs = """
        update delivery.jobs j set payload = '{}'
        from unnest($1, $2) as d(channel, key)
        where j.channel = d.channel and j.key = d.key and j.state in ('SENT', 'CANCELLED') and j.finished_at < now() - $3 and j.payload <> '{}'
          and not exists (
              select 1 from delivery.jobs u where u.channel = d.channel and u.key = d.key and u.state in ('PENDING', 'SENDING'))
        """;

    private const string ClearAttempts = "select seen_at, seen_id, cleared from delivery.clear_attempts($1, $2, $3, $4)";
    private const string DropAttempts = "select delivery.drop_attempts($1)";

    private TimeSpan KeepFinished => TimeSpan.FromDays(options.FinishedDays);

    private TimeSpan KeepPayloads => TimeSpan.FromDays(options.PayloadDays);

    /// <summary>Runs once over everything.</summary>
    public async Task<Forgotten> RunOnce(CancellationToken ct)
    {
        var sum = new Forgotten();
        long? seen = 0;
        while (seen is { } after)
        {
            var (lanes, last) = await Page(after, ct);
            if (lanes.Count > 0) sum = await Lanes(lanes, sum, ct);
            seen = last;
        }

        sum = sum with { Payloads = sum.Payloads + await Attempts(ct) };
        await using var drop = db.CreateCommand(DropAttempts);
        drop.Parameters.Add(Days(KeepFinished));
        sum = sum with { Months = (int)(await drop.ExecuteScalarAsync(ct))! };
        if (sum != new Forgotten()) LogForgotten(sum.Jobs, sum.Lanes, sum.Payloads, sum.Months);
        return sum;
    }

    private async Task<(HashSet<(string Channel, string Key)> Lanes, long? Last)> Page(long after, CancellationToken ct)
    {
        await using var command = db.CreateCommand(NextJobs);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = JobsAtOnce });
        command.Parameters.Add(Days(KeepPayloads));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var lanes = new HashSet<(string, string)>();
        long? last = null;
        while (await reader.ReadAsync(ct))
        {
            if (!reader.GetBoolean(3)) continue;
            last = reader.GetInt64(0);
            lanes.Add((reader.GetString(1), reader.GetString(2)));
        }

        return (lanes, last);
    }

    private async Task<Forgotten> Lanes(HashSet<(string Channel, string Key)> lanes, Forgotten sum, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var quiet = new List<(string Channel, string Key)>();
        await using (var hold = On(tx, LockQuietLanes, [.. lanes]))
        await using (var reader = await hold.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) quiet.Add((reader.GetString(0), reader.GetString(1)));
        }

        if (quiet.Count == 0) return sum;
        await using (var drop = On(tx, DropLanes, quiet, KeepFinished))
        await using (var reader = await drop.ExecuteReaderAsync(ct))
        {
            await reader.ReadAsync(ct);
            sum = sum with { Jobs = sum.Jobs + reader.GetInt32(0), Lanes = sum.Lanes + reader.GetInt32(1) };
        }

        await using var clear = On(tx, ClearJobs, quiet, KeepPayloads);
        sum = sum with { Payloads = sum.Payloads + await clear.ExecuteNonQueryAsync(ct) };
        await tx.CommitAsync(ct);
        return sum;
    }

    private async Task<int> Attempts(CancellationToken ct)
    {
        var (cleared, seenAt, seenId) = (0, DateTime.MinValue, 0L); // the driver's word for -infinity
        while (true)
        {
            await using var command = db.CreateCommand(ClearAttempts);
            command.Parameters.Add(Days(KeepPayloads));
            command.Parameters.Add(new() { Value = AttemptsAtOnce });
            command.Parameters.Add(new() { Value = seenAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = seenId });
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            cleared += reader.GetInt32(2);
            if (await reader.IsDBNullAsync(0, ct)) return cleared;
            (seenAt, seenId) = (reader.GetDateTime(0), reader.GetInt64(1));
        }
    }

    private static NpgsqlCommand On(NpgsqlTransaction tx, string sql, List<(string Channel, string Key)> lanes, TimeSpan? keep = null)
    {
        var command = new NpgsqlCommand(sql, tx.Connection, tx);
        command.Parameters.Add(new() { Value = lanes.ConvertAll(l => l.Channel).ToArray() });
        command.Parameters.Add(new() { Value = lanes.ConvertAll(l => l.Key).ToArray() });
        if (keep is { } span) command.Parameters.Add(Days(span));
        return command;
    }

    private static NpgsqlParameter Days(TimeSpan keep) => new() { Value = keep, NpgsqlDbType = NpgsqlDbType.Interval };

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention: dropped finished jobs: {Jobs}, their lanes: {Lanes}, months of attempts: {Months}; emptied payloads: {Payloads}")]
    private partial void LogForgotten(int jobs, int lanes, int payloads, int months);
}

/// <summary>What one run of the retention took away.</summary>
/// <param name="Jobs">Finished jobs deleted.</param>
/// <param name="Lanes">Lanes they were the whole of.</param>
/// <param name="Payloads">Jobs and attempts emptied of what was said.</param>
/// <param name="Months">Partitions of attempts dropped.</param>
internal sealed record Forgotten(int Jobs = 0, int Lanes = 0, int Payloads = 0, int Months = 0);
