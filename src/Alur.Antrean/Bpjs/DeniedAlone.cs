using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// Tells a request that BPJS (or a firewall before it) forbids for what is in it from credentials that are forbidden altogether: it was
/// forbidden again and again since it last failed, and each time BPJS accepted others of the same account before it was tried once more. Once is
/// not enough: firewalls forbid whoever calls in bursts. A call that had begun before the refusal came says nothing: the account may have been
/// forbidden while it was under way.
/// </summary>
internal sealed class DeniedAlone(NpgsqlDataSource db)
{
    /// <summary>Rounds of "forbidden, and then others passed" before the refusal that fails it.</summary>
    private const int Rounds = 2;

    // A requeue follows a REJECTED, so what came before the last of them is over. Looks no further back than a week, so that one or two partitions answer.
    private const string Sql = """
        with denied as (
            select a.recorded_at, a.started_at + a.duration_ms * interval '1 millisecond' as answered_at,
                   coalesce(lead(a.recorded_at) over (order by a.recorded_at), 'infinity') as until
            from delivery.attempts a
            where a.job_id = $1 and a.recorded_at > now() - interval '7 days' and a.outcome = 'NOT_YET' and (a.http_code = 403 or a.code = '403')
              and not exists (
                  select 1 from delivery.attempts r
                  where r.job_id = $1 and r.recorded_at > a.recorded_at and r.recorded_at > now() - interval '7 days' and r.outcome = 'REJECTED')
        )
        select count(*) >= $3
        from denied d
        where exists (
            select 1
            from delivery.attempts other
            join delivery.jobs j on j.id = other.job_id and j.channel = $2
            where other.recorded_at > d.recorded_at and other.recorded_at <= d.until and other.recorded_at > now() - interval '7 days'
              and other.job_id <> $1 and other.outcome = 'DELIVERED' and other.started_at > d.answered_at)
        """;

    /// <summary>Whether this answer only forbids (401, signatures and clocks are about the account, whatever happened before).</summary>
    public static bool Forbids(BpjsReply reply) =>
        reply is { Kind: ReplyKind.Denied, HttpCode: 403 } or { Kind: ReplyKind.Envelope, Code: "403" };

    /// <summary>Whether the job was forbidden often enough while others were accepted. Unknown while PostgreSQL is away: no.</summary>
    public async Task<bool> Was(DeliveryJob job, CancellationToken ct)
    {
        try
        {
            await using var command = db.CreateCommand(Sql);
            command.Parameters.Add(new() { Value = job.JobId });
            command.Parameters.Add(new() { Value = job.Channel });
            command.Parameters.Add(new() { Value = Rounds });
            return (bool)(await command.ExecuteScalarAsync(ct))!;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return false; // BPJS has answered: it is no outage of BPJS that we cannot look
        }
    }
}
