using Alur.Platform.Data;
using Alur.Platform.Results;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>The receivers, in the order in which they were entered.</summary>
internal sealed class ListWebhooks(NpgsqlDataSource database)
{
    private const string Sql = """
        select e.id, e.url, e.description, e.event_types, e.is_active, e.off_because, e.created_by, e.created_at, e.last_success_at, e.last_failure_at, e.last_failure,
               e.failing_since, case when e.old_until > now() then e.old_until end, w.waiting, f.failed, e.version
        from platform.webhook_endpoints e
        cross join lateral (
            select count(*)::int as waiting from (
                select from delivery.lanes l
                join delivery.jobs j on j.channel = l.channel and j.key = l.key and j.step >= l.head_step and j.state in ('PENDING', 'SENDING')
                where l.channel = 'hook:' || e.id and l.state = 'OPEN'
                union all
                select from delivery.jobs s
                join delivery.jobs j on j.channel = s.channel and j.key = s.key and j.step > s.step and j.state = 'PENDING'
                where s.channel = 'hook:' || e.id and s.fingerprint is not null
                limit 10000) jobs
        ) w
        cross join lateral (select count(*)::int as failed from delivery.jobs j where j.channel = 'hook:' || e.id and j.fingerprint is not null) f
        where @id::uuid is null or e.id = @id
        order by e.id
        """;

    /// <summary>All of them; an installation has a handful.</summary>
    public Task<List<Webhook>> Run(CancellationToken ct) => Read(id: null, ct);

    /// <summary>One of them. Refused: <c>WEBHOOK_NOT_FOUND</c>.</summary>
    public async Task<Result<Webhook>> One(Guid id, CancellationToken ct) => await Read(id, ct) is [var webhook] ? webhook : new WebhookNotFound();

    private Task<List<Webhook>> Read(Guid? id, CancellationToken ct) => database.Statement(Sql, ("id", id)).Rows(
        r => new Webhook(
            r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetFieldValue<string[]>(3), r.GetBoolean(4), r.Maybe<string>(5), r.GetString(6),
            r.GetFieldValue<DateTimeOffset>(7), r.Maybe<DateTimeOffset?>(8), r.Maybe<DateTimeOffset?>(9), r.Maybe<string>(10), r.Maybe<DateTimeOffset?>(11),
            r.Maybe<DateTimeOffset?>(12), r.GetInt32(13), r.GetInt32(14), VersionOf(r.GetInt32(15))),
        ct);

    /// <summary>As callers see it.</summary>
    internal static string VersionOf(int version) => version.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
