using System.Text.Json.Serialization;
using Alur.Antrean.References;
using Alur.Antrean.Sites;
using Alur.Platform.Audit;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>Has BPJS's lists and schedules asked for anew, as after mending HFIS; within the account's rate, as always.</summary>
internal static class RequestReferences
{
    // Schedules of days that are over are not asked for again by anybody. Whoever asks again within a minute has asked already: the
    // calls take turns with the deliveries.
    private const string Sql = """
        with wanted as materialized (
            select l.site_id, l.path
            from antrean.reference_lists l
            where l.site_id = (select id from antrean.sites where code = @site) and l.kind in ('CLINICS', 'DOCTORS', 'SCHEDULE') and (l.day is null or l.day >= @today)
            order by l.site_id, l.path
            for update
        ), written as (
            update antrean.reference_lists l set requested_at = now() from wanted w
            where l.site_id = w.site_id and l.path = w.path and (l.requested_at is null or l.requested_at < now() - interval '1 minute')
        )
        select count(*) from wanted
        """;

    private static readonly AuditResource Resource = new("reference_lists");

    public static async Task<Accepted<Refreshing>> Handle(
        HttpContext http, NpgsqlDataSource database, IOptions<AntreanOptions> options, TimeProvider clock, ReferenceHints hints, CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite)
    {
        if (!options.Value.Sites.TryGetValue(site, out var settings))
        {
            return new SiteNotFound(site);
        }

        if (settings.Bpjs.Missing() is { Count: > 0 } missing)
        {
            return new BpjsNotConfigured(site, string.Join(", ", missing.Select(key => $"Antrean:Sites:{site}:Bpjs:{key}")));
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand(Sql, connection, tx);
        command.Parameters.Add(new NpgsqlParameter<string>("site", site));
        command.Parameters.Add(new NpgsqlParameter<DateOnly>("today", new Site(0, site, settings).Today(clock)));
        var lists = (long)(await command.ExecuteScalarAsync(ct))!;
        await WriteAudit.Run(tx, http.AuditOrigin(), new AuditEntry(AuditAction.Update, Resource, site, NewValues: new { asked_again = lists }), ct);
        await tx.CommitAsync(ct);
        hints.Hint(site);
        return new Refreshing(lists, (int)options.Value.ReferenceInterval.TotalSeconds);
    }

    /// <summary>What will be asked for.</summary>
    /// <param name="Lists">Lists known so far; a first run finds out which schedules are needed.</param>
    /// <param name="WithinSeconds">At the latest, while BPJS answers and the channel does not rest.</param>
    public sealed record Refreshing(
        [property: JsonPropertyName("refreshing")] long Lists, [property: JsonPropertyName("within_seconds")] int WithinSeconds);
}
