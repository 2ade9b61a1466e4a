using Alur.Platform.Delivery;
using Npgsql;

namespace Alur.Antrean.Bpjs;

/// <summary>
/// Tells a request that BPJS (or a firewall before it) forbids for what is in it from credentials that are forbidden altogether: it was
/// forbidden before, and BPJS accepted others of the same account in between. A call that had begun before the refusal came says nothing:
/// the account may have been forbidden while it was under way.
/// </summary>
internal sealed class DeniedAlone(NpgsqlDataSource db)
{
    // Looks no further back than a week, so that one or two partitions answer.
    private const string Sql = """
        select exists (
            select 1
            from delivery.attempts denied
            join delivery.attempts other on other.recorded_at > denied.recorded_at and other.job_id <> denied.job_id and other.outcome = 'DELIVERED'
            join delivery.jobs j on j.id = other.job_id and j.channel = $2
            where denied.job_id = $1 and denied.recorded_at > now() - interval '7 days' and other.recorded_at > now() - interval '7 days'
              and other.started_at > denied.started_at + denied.duration_ms * interval '1 millisecond'
              and denied.outcome = 'NOT_YET' and (denied.http_code = 403 or denied.code = '403'))
        """;

    /// <summary>Whether this answer only forbids (401, signatures and clocks are about the account, whatever happened before).</summary>
    public static bool Forbids(BpjsReply reply) =>
        reply is { Kind: ReplyKind.Denied, HttpCode: 403 } or { Kind: ReplyKind.Envelope, Code: "403" };

    /// <summary>Whether the job was forbidden before while others were accepted since.</summary>
    public async Task<bool> Was(DeliveryJob job, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = job.JobId });
        command.Parameters.Add(new() { Value = job.Channel });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }
}
