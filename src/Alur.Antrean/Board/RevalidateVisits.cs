using System.Text.Json.Serialization;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Audit;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>
/// Has visits judged anew, one or all of a site: the next poll takes them for changed, whatever Khanza says. Only days that are
/// still read can be judged anew.
/// </summary>
internal static class RevalidateVisits
{
    // A poll that is running writes its hash only to visits that it found changed, and those it judges anyway.
    private const string Sql = """
        with wanted as materialized (
            select v.id
            from antrean.visits v
            join antrean.sites s on s.id = v.site_id
            where s.code = @site and (@visit_id is null or v.visit_id = @visit_id)
              and v.service_date >= (@now at time zone s.zone)::date - @days
            order by v.site_id, v.visit_id
            for no key update of v
        ), forgotten as (
            update antrean.visits v set source_hash = '\x' from wanted w where v.id = w.id returning v.id
        )
        select (select count(*) from forgotten) as count,
               exists (select from antrean.visits v join antrean.sites s on s.id = v.site_id where s.code = @site and v.visit_id = @visit_id) as known
        """;

    private static readonly AuditResource Resource = new("visits");

    /// <summary>Has one visit judged anew.</summary>
    public static async Task<Accepted<Revalidating>> One(
        [FromRoute(Name = "visit_id")] string visitId,
        HttpContext http,
        NpgsqlDataSource database,
        IOptions<AntreanOptions> options,
        TimeProvider clock,
        PollHints hints,
        CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite) => Accepted(await Forget(visitId, site, http.AuditOrigin(), database, options.Value, clock, ct), site, hints);

    /// <summary>Has all visits of a site judged anew.</summary>
    public static async Task<Accepted<Revalidating>> All(
        HttpContext http,
        NpgsqlDataSource database,
        IOptions<AntreanOptions> options,
        TimeProvider clock,
        PollHints hints,
        CancellationToken ct,
        [FromQuery] string site = AntreanRoutes.DefaultSite) => Accepted(await Forget(visitId: null, site, http.AuditOrigin(), database, options.Value, clock, ct), site, hints);

    private static async Task<Result<Revalidating>> Forget(
        string? visitId, string site, AuditOrigin by, NpgsqlDataSource database, AntreanOptions options, TimeProvider clock, CancellationToken ct)
    {
        if (!options.Sites.TryGetValue(site, out var settings))
        {
            return new SiteNotFound(site);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var (forgotten, known) = await Execute(tx, visitId, site, settings, clock, ct);
        if (forgotten == 0 && visitId is not null)
        {
            return known ? new VisitOutsideWindow(visitId, settings.LookBackDays) : new VisitNotFound(visitId);
        }

        await WriteAudit.Run(tx, by, new AuditEntry(AuditAction.Update, Resource, visitId, NewValues: new { site, revalidated = forgotten }), ct);
        await tx.CommitAsync(ct);
        return new Revalidating(forgotten, (int)options.PollInterval.TotalSeconds);
    }

    private static async Task<(long Forgotten, bool IsKnown)> Execute(NpgsqlTransaction tx, string? visitId, string site, SiteOptions settings, TimeProvider clock, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Sql, tx.Connection, tx);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new NpgsqlParameter<string>("site", site),
            new NpgsqlParameter<string?>("visit_id", visitId),
            new NpgsqlParameter<DateTimeOffset>("now", clock.GetUtcNow()),
            new NpgsqlParameter<int>("days", settings.LookBackDays),
        });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetBoolean(1));
    }

    // The poller may run on another node; then the visits wait for its interval.
    private static Accepted<Revalidating> Accepted(Result<Revalidating> result, string site, PollHints hints)
    {
        if (result.Ok)
        {
            hints.Hint(site);
        }

        return result;
    }

    /// <summary>What will be judged anew.</summary>
    /// <param name="Count">Visits.</param>
    /// <param name="WithinSeconds">At the latest, while Khanza can be read.</param>
    public sealed record Revalidating(
        [property: JsonPropertyName("revalidating")] long Count, [property: JsonPropertyName("within_seconds")] int WithinSeconds);
}
