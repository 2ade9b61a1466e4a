using System.ComponentModel.DataAnnotations;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Alur.Platform.Audit;

/// <summary>Who did what, newest first. That it was read is itself an entry.</summary>
internal static class ListAudit
{
    private const string ListName = "audit";

    public static async Task<Listing<AuditRow>> Handle(
        HttpContext http,
        NpgsqlDataSource database,
        AuditOptions options,
        [AsParameters] AuditFilter filter,
        CancellationToken ct,
        [FromQuery] string? after = null,
        [FromQuery, Range(1, Paging.MaxLimit)] int limit = Paging.DefaultLimit) =>
        await Run(database, options, filter, after, limit, http.AuditOrigin(), ct);

    /// <summary>A page of the list. Refused: <c>INVALID_PARAMETER</c>, <c>INVALID_CURSOR</c>.</summary>
    public static async Task<Result<Page<AuditRow>>> Run(
        NpgsqlDataSource database, AuditOptions options, AuditFilter filter, string? after, int limit, AuditOrigin by, CancellationToken ct)
    {
        var key = Cursor.Read<AuditKey>(after, ListName);
        if (filter.Mistake() is { } mistake) return mistake;
        if (!key.Ok) return key.Error;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var rows = await AuditRows.Read(connection, filter, key.Value, limit + 1, ct);
        if (options.Views) await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.View, AuditSetup.Resource, NewValues: filter), ct);
        await tx.CommitAsync(ct);
        return Paging.Cut(rows, limit, row => Cursor.After(ListName, AuditKey.Of(row)));
    }
}
