using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Puts one failed queue row back, with all its attempts; its task is a draft again and its visit's lane flows on.</summary>
internal static class RequeueJob
{
    private const string StatusSql = "select status from antrean.bpjs_antrean_queue where id = @id";

    public static async Task<Answer<Requeued>> Handle(
        [FromRoute] long id, NpgsqlDataSource database, DeliveryQueue queue, HttpContext http, CancellationToken ct)
    {
        var status = await StatusOf(id, database, ct);
        if (status is null)
        {
            return new JobNotFound(id);
        }

        if (status != "FAILED")
        {
            return new JobNotRequeueable(id, status);
        }

        var requeued = await queue.Requeue(new RequeueFilter(JobIds: [id]), http.AuditOrigin(), ct);
        return requeued switch
        {
            { Error: { } error } => error,
            // Somebody else was faster.
            { Value: 0 } => new JobNotRequeueable(id, await StatusOf(id, database, ct) ?? status),
            _ => new Requeued(requeued.Value),
        };
    }

    private static async Task<string?> StatusOf(long id, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand(StatusSql);
        command.Parameters.AddWithValue("id", id);
        return (string?)await command.ExecuteScalarAsync(ct);
    }
}

/// <summary>What a requeue did.</summary>
/// <param name="Count">Queue rows that are PENDING again.</param>
public sealed record Requeued([property: JsonPropertyName("requeued")] int Count);
