using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Puts back every failed queue row of a site that fits: of a visit, of a task, or all that failed for the same reason.</summary>
internal static class RequeueJobs
{
    private const string FailedSql = """
        select q.id
        from antrean.sites s
        left join lateral (
            select b.id
            from antrean.bpjs_antrean_queue b
            where b.site_id = s.id and b.state = 'FAILED' and b.fingerprint is not null
              and (@visit_id is null or b.visit_id = @visit_id)
              and (@task_id is null or b.task_id = @task_id)
              and (@fingerprint is null or b.fingerprint = @fingerprint)
        ) q on true
        where s.code = @site
        """;

    public static async Task<Answer<Requeued>> Handle(
        [FromBody] Request request,
        NpgsqlDataSource database,
        DeliveryQueue queue,
        HttpContext http,
        CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite)
    {
        if (request is { VisitId: null, TaskId: null, Fingerprint: null })
        {
            return new FilterRequired();
        }

        var failed = await database.ReadSite(
            FailedSql,
            site,
            row => row.GetInt64(0),
            [
                new NpgsqlParameter<string?>("visit_id", request.VisitId),
                new NpgsqlParameter<string?>("task_id", request.TaskId),
                new NpgsqlParameter<string?>("fingerprint", request.Fingerprint),
            ],
            ct);
        if (!failed.Ok)
        {
            return failed.Error;
        }

        if (failed.Value is [])
        {
            return new Requeued(0);
        }

        // The fingerprint again, because a row may have failed anew and otherwise since it was found.
        var requeued = await queue.Requeue(new RequeueFilter(JobIds: failed.Value, Fingerprint: request.Fingerprint), http.AuditOrigin(), ct);
        return requeued.Ok ? new Requeued(requeued.Value) : requeued.Error;
    }

    /// <summary>Which failed rows; all that is given must hold, and something must be given.</summary>
    /// <param name="VisitId">Of this visit.</param>
    /// <param name="TaskId">Of this task, such as 3.</param>
    /// <param name="Fingerprint">As in the list of failures.</param>
    public sealed record Request(
        [property: JsonPropertyName("visit_id")] string? VisitId = null,
        [property: JsonPropertyName("task_id")] string? TaskId = null,
        [property: JsonPropertyName("fingerprint")] string? Fingerprint = null);
}
