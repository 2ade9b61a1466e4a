using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The queue to BPJS, newest row first.</summary>
internal static class ListQueue
{
    private const string ListName = "queue";
    private static readonly string[] Statuses = ["PENDING", "SENDING", "SEND", "FAILED", "CANCELLED"];

    private const string Sql = """
        select q.*
        from antrean.sites s
        left join lateral (
            select b.id, b.visit_id, b.task_id, b.status, b.attempts, b.max_attempts, b.last_code, b.last_error, b.fingerprint,
                   b.created_at, b.finished_at
            from antrean.bpjs_antrean_queue b
            where b.site_id = s.id
              and (@state is null or b.state = @state)
              and (@state is distinct from 'FAILED' or b.fingerprint is not null)
              and (@visit_id is null or b.visit_id = @visit_id)
              and (@task_id is null or b.task_id = @task_id)
              and (@fingerprint is null or b.fingerprint = @fingerprint)
              and (@after is null or b.id < @after)
            order by b.id desc
            limit @rows
        ) q on true
        where s.code = @site
        order by q.id desc
        """;

    public static async Task<Listing<QueueRow>> Handle([AsParameters] Filter filter, NpgsqlDataSource database, CancellationToken ct)
    {
        if (filter.Status is { } status && !Statuses.Contains(status))
        {
            return new UnknownValue("status", status, Statuses);
        }

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
                // The delivery engine's own word for the specification's SEND.
                new NpgsqlParameter<string?>("state", filter.Status == "SEND" ? "SENT" : filter.Status),
                new NpgsqlParameter<string?>("visit_id", filter.VisitId),
                new NpgsqlParameter<string?>("task_id", filter.TaskId),
                new NpgsqlParameter<string?>("fingerprint", filter.Fingerprint),
                new NpgsqlParameter<long?>("after", after.Value?.Id),
                new NpgsqlParameter<int>("rows", filter.Rows + 1),
            ],
            ct);
        return rows.Ok ? Paging.Cut(rows.Value, filter.Rows, row => Cursor.After(ListName, new Key(row.Id))) : rows.Error;
    }

    private static QueueRow Read(NpgsqlDataReader row) => new(
        row.Get<long>("id"),
        row.Get<string>("visit_id"),
        row.Get<string>("task_id"),
        row.Get<string>("status"),
        row.Get<int>("attempts"),
        row.Get<int>("max_attempts"),
        row.GetOrDefault<string>("last_code"),
        row.GetOrDefault<string>("last_error"),
        row.GetOrDefault<string>("fingerprint"),
        row.Get<DateTimeOffset>("created_at"),
        row.GetOrDefault<DateTimeOffset?>("finished_at"));

    /// <summary>Filters; all given ones must hold.</summary>
    public sealed record Filter(
        [property: FromQuery(Name = "site")] string? Site,
        [property: FromQuery(Name = "status")] string? Status,
        [property: FromQuery(Name = "visit_id")] string? VisitId,
        [property: FromQuery(Name = "task_id")] string? TaskId,
        [property: FromQuery(Name = "fingerprint")] string? Fingerprint,
        [property: FromQuery(Name = "after")] string? After,
        [property: FromQuery(Name = "limit"), Range(1, Paging.MaxLimit)] int? Limit)
    {
        internal int Rows => Limit ?? Paging.DefaultLimit;
    }

    /// <summary>One job on its way to BPJS.</summary>
    /// <param name="Id">Queue row.</param>
    /// <param name="VisitId">Khanza's no_rawat.</param>
    /// <param name="TaskId">1 REGISTER, 3 CHECKIN, 4 START, 5 FINISH.</param>
    /// <param name="Status">PENDING, SENDING, SEND (delivered), FAILED or CANCELLED.</param>
    /// <param name="Attempts">Tries that counted.</param>
    /// <param name="MaxAttempts">The try with this number is the last.</param>
    /// <param name="LastCode">BPJS's code in the last answer.</param>
    /// <param name="LastError">What went wrong last.</param>
    /// <param name="Fingerprint">Groups failures that mean the same.</param>
    /// <param name="CreatedAt">When it was queued.</param>
    /// <param name="FinishedAt">When it ended; null while it is under way.</param>
    public sealed record QueueRow(
        [property: JsonPropertyName("id")] long Id,
        [property: JsonPropertyName("visit_id")] string VisitId,
        [property: JsonPropertyName("task_id")] string TaskId,
        [property: JsonPropertyName("status")] string Status,
        [property: JsonPropertyName("attempts")] int Attempts,
        [property: JsonPropertyName("max_attempts")] int MaxAttempts,
        [property: JsonPropertyName("last_code")] string? LastCode,
        [property: JsonPropertyName("last_error")] string? LastError,
        [property: JsonPropertyName("fingerprint")] string? Fingerprint,
        [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
        [property: JsonPropertyName("finished_at")] DateTimeOffset? FinishedAt);

    private sealed record Key(long Id);
}
