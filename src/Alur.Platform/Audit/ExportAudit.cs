using System.Globalization;
using System.Text;
using System.Text.Json;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Alur.Platform.Audit;

/// <summary>
/// The same as a file: CSV of everything that the filter finds, newest first, read page by page so that its size costs no memory and no long
/// transaction. The entry that says so is there before the first line goes out, and is not in the file.
/// </summary>
internal static class ExportAudit
{
    private const int RowsAtOnce = 1000;

    private static readonly string[] Columns =
        ["id", "timestamp", "performed_by", "user_id", "actor_role", "action", "resource", "resource_id", "old_values", "new_values", "ip_address", "user_agent"];

    public static async Task<IResult> Handle(HttpContext http, NpgsqlDataSource database, [AsParameters] AuditFilter filter, CancellationToken ct)
    {
        if (filter.Mistake() is { } mistake) return Problem.From(mistake);
        List<AuditRow> first;
        await using (var connection = await database.OpenConnectionAsync(ct))
        await using (var tx = await connection.BeginTransactionAsync(ct))
        {
            first = await AuditRows.Read(connection, filter, after: null, RowsAtOnce, ct);
            await WriteAudit.Run(tx, http.AuditOrigin(), new AuditEntry(AuditAction.Export, AuditSetup.Resource, NewValues: filter), ct);
            await tx.CommitAsync(ct);
        }

        http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"audit-{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss}.csv\"");
        return Microsoft.AspNetCore.Http.Results.Stream(body => Write(body, database, filter, first, ct), "text/csv; charset=utf-8");
    }

    private static async Task Write(Stream body, NpgsqlDataSource database, AuditFilter filter, List<AuditRow> page, CancellationToken ct)
    {
        await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns));
        while (page.Count > 0)
        {
            foreach (var row in page) await writer.WriteLineAsync(Line(row).AsMemory(), ct);
            if (page.Count < RowsAtOnce) return;
            await using var connection = await database.OpenConnectionAsync(ct);
            page = await AuditRows.Read(connection, filter, AuditKey.Of(page[^1]), RowsAtOnce, ct);
        }
    }

    private static string Line(AuditRow row) => string.Join(',', new[]
    {
        row.Id.ToString(), row.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), row.PerformedBy,
        row.UserId?.ToString(), row.ActorRole, row.Action, row.Resource, row.ResourceId, Text(row.OldValues), Text(row.NewValues), row.IpAddress, row.UserAgent,
    }.Select(Csv.Field));

    private static string? Text(JsonElement? values) => values is { } json ? JsonSerializer.Serialize(json, WebJson.Results) : null;
}
