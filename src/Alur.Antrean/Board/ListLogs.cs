using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Every exchange with BPJS, redacted, newest first.</summary>
internal static class ListLogs
{
    private const string ListName = "logs";

    private const string Sql = """
        select q.*
        from antrean.sites s
        left join lateral (
            select l.id, l.queue_id, l.visit_id, l.task_id, l.request_payload, l.response_payload, l.http_code, l.code, l.message,
                   l.outcome, l.attempt, l.duration_ms, l.started_at, l.recorded_at
            from antrean.bpjs_antrean_logs l
            where l.site_id = s.id
              and (@visit_id is null or l.visit_id = @visit_id)
              and (@queue_id is null or l.queue_id = @queue_id)
              and (@after_at is null or (l.recorded_at, l.id) < (@after_at, @after_id))
            order by l.recorded_at desc, l.id desc
            limit @rows
        ) q on true
        where s.code = @site
        order by q.recorded_at desc, q.id desc
        """;

    public static async Task<Listing<LogRow>> Handle([AsParameters] Filter filter, NpgsqlDataSource database, CancellationToken ct)
    {
        var after = Cursor.Read<Key>(filter.After, ListName);
        if (!after.Ok)
        {
            return after.Error;
        }

        var rows = await database.ReadSite(
            Sql,
            filter.Site ?? AntreanRoutes.DefaultSite,
            Read,
            [
                new NpgsqlParameter<string?>("visit_id", filter.VisitId),
                new NpgsqlParameter<long?>("queue_id", filter.QueueId),
                new NpgsqlParameter<DateTimeOffset?>("after_at", after.Value?.RecordedAt),
                new NpgsqlParameter<long?>("after_id", after.Value?.Id),
                new NpgsqlParameter<int>("rows", filter.Rows + 1),
            ],
            ct);
        return rows.Ok
            ? Paging.Cut(rows.Value, filter.Rows, row => Cursor.After(ListName, new Key(row.RecordedAt, row.Id)))
            : rows.Error;
    }

    private static LogRow Read(NpgsqlDataReader row) => new(
        row.Get<long>("id"),
        row.Get<long>("queue_id"),
        row.Get<string>("visit_id"),
        row.Get<string>("task_id"),
        row.GetOrDefault<JsonElement?>("request_payload"),
        row.GetOrDefault<JsonElement?>("response_payload"),
        row.GetOrDefault<int?>("http_code"),
        row.GetOrDefault<string>("code"),
        row.GetOrDefault<string>("message"),
        row.Get<string>("outcome"),
        row.Get<int>("attempt"),
        row.Get<int>("duration_ms"),
        row.Get<DateTimeOffset>("started_at"),
        row.Get<DateTimeOffset>("recorded_at"));

    /// <summary>Filters; all given ones must hold.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "visit_id")] string? VisitId,
        [property: FromQuery(Name = "queue_id")] long? QueueId,
        [property: FromQuery(Name = "after")] string? After,
        [property: FromQuery(Name = "limit"), Range(1, Paging.MaxLimit)] int? Limit)
    {
        internal int Rows => Limit ?? Paging.DefaultLimit;
    }

    /// <summary>One call and its answer.</summary>
    /// <param name="Id">Log row.</param>
    /// <param name="QueueId">The queue row that was sent.</param>
    /// <param name="VisitId">Khanza's no_rawat.</param>
    /// <param name="TaskId">1 REGISTER, 3 CHECKIN, 4 START, 5 FINISH.</param>
    /// <param name="RequestPayload">What was sent, redacted.</param>
    /// <param name="ResponsePayload">What came back, redacted.</param>
    /// <param name="HttpCode">HTTP status; null when no answer came.</param>
    /// <param name="Code">BPJS's own code.</param>
    /// <param name="Message">BPJS's own message.</param>
    /// <param name="Outcome">DELIVERED, RETRY_LATER, NOT_YET or REJECTED.</param>
    /// <param name="Attempt">Which try of the queue row it was, from 1.</param>
    /// <param name="DurationMs">Until the answer was read or the call given up, in milliseconds.</param>
    /// <param name="StartedAt">When the call began.</param>
    /// <param name="RecordedAt">When it was recorded.</param>
    public sealed record LogRow(
        [property: JsonPropertyName("id")] long Id,
        [property: JsonPropertyName("queue_id")] long QueueId,
        [property: JsonPropertyName("visit_id")] string VisitId,
        [property: JsonPropertyName("task_id")] string TaskId,
        [property: JsonPropertyName("request_payload")] JsonElement? RequestPayload,
        [property: JsonPropertyName("response_payload")] JsonElement? ResponsePayload,
        [property: JsonPropertyName("http_code")] int? HttpCode,
        [property: JsonPropertyName("code")] string? Code,
        [property: JsonPropertyName("message")] string? Message,
        [property: JsonPropertyName("outcome")] string Outcome,
        [property: JsonPropertyName("attempt")] int Attempt,
        [property: JsonPropertyName("duration_ms")] int DurationMs,
        [property: JsonPropertyName("started_at")] DateTimeOffset StartedAt,
        [property: JsonPropertyName("recorded_at")] DateTimeOffset RecordedAt);

    private sealed record Key(DateTimeOffset RecordedAt, long Id);
}
