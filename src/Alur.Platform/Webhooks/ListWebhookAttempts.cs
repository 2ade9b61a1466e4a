using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Npgsql;

namespace Alur.Platform.Webhooks;

/// <summary>What was tried to tell a receiver: by message, newest first, and of each message the last try first.</summary>
internal sealed class ListWebhookAttempts(NpgsqlDataSource database)
{
    private const string ListName = "webhook-attempts";

    // The bounds of the channel are those of the index.
    private const string Sql = """
        select j.id, j.correlation_id, j.payload ->> 'type', j.state, a.attempt, a.started_at, a.duration_ms, a.http_code, a.outcome = 'DELIVERED', a.message,
               left(a.response #>> '{}', 5000), a.id
        from delivery.jobs j
        join delivery.attempts a on a.job_id = j.id
        where j.channel = @channel and j.channel >= 'hook:' and j.channel < 'hook;'
          and (not @failed or j.fingerprint is not null)
          and (@job::bigint is null or (j.id, a.id) < (@job, @attempt))
        order by j.id desc, a.id desc
        limit @limit
        """;

    /// <summary>A page of the list. Refused: <c>INVALID_CURSOR</c>.</summary>
    public async Task<Result<Page<WebhookAttempt>>> Run(Guid webhook, bool failed, string? after, int limit, CancellationToken ct)
    {
        var key = Cursor.Read<Key>(after, ListName);
        if (!key.Ok) return key.Error;
        var rows = await database.Statement(
            Sql, ("channel", HookNames.Channel(webhook)), ("failed", failed), ("job", key.Value?.Job), ("attempt", key.Value?.Attempt ?? 0), ("limit", limit + 1)).Rows(
            r => (Row: new WebhookAttempt(
                r.GetInt64(0), r.Maybe<Guid?>(1), r.Maybe<string>(2), r.GetString(3), r.GetInt32(4), r.GetFieldValue<DateTimeOffset>(5), r.GetInt32(6), r.Maybe<int?>(7),
                r.GetBoolean(8), r.Maybe<string>(9), r.Maybe<string>(10)), Id: r.GetInt64(11)),
            ct);
        return Paging.Cut(rows, limit, row => Cursor.After(ListName, new Key(row.Row.Job, row.Id))).Select(row => row.Row);
    }

    private sealed record Key(long Job, long Attempt);
}
