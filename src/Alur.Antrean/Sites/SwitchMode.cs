using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Antrean.Board;
using Alur.Antrean.Tasks;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Results;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Sites;

/// <summary>
/// Lets a hospital send, or observe again, from this moment on: the switch, what of the queue it takes back and its entry in the audit are one transaction, and
/// every node asks for it before its next call. What it already is changes nothing.
/// </summary>
internal sealed class SwitchMode(NpgsqlDataSource db, IOptions<AntreanOptions> options, BuildQueue build, BuildHints hints, TimeProvider clock)
{
    private const int MostDaysAhead = 31;
    private const int MostTries = 4;

    // As at a start: who switches on has not told what began before, others may have.
    private const string Switch = """
        with kept as (
            insert into antrean.site_modes as m (site_id, mode, send_from, configured_mode, configured_send_from, set_by)
            values (@site, @mode, @from, @configured, @configured_from, @by)
            on conflict (site_id) do update set
                mode = excluded.mode, send_from = excluded.send_from, configured_mode = excluded.configured_mode,
                configured_send_from = excluded.configured_send_from, set_by = excluded.set_by, set_at = now()
        )
        update antrean.sites s
        set mode = @mode, send_from = @from,
            check_before = case when s.mode = 'observe' and @mode = 'send' then greatest(s.check_before, @now) else s.check_before end
        where s.id = @site
        """;

    private const string AskMode = $"select {SiteModes.Columns} from antrean.sites s left join antrean.site_modes m on m.site_id = s.id where s.id = @site";

    /// <summary>Switches a hospital.</summary>
    public static async Task<Answer<Switched>> Handle([FromRoute] string site, [FromBody] SwitchRequest request, SwitchMode switching, HttpContext http, CancellationToken ct) =>
        await switching.Run(site, request, http.AuditOrigin(), ct);

    /// <summary>
    /// Switches. Refused: <c>SITE_NOT_FOUND</c>, <c>SITE_NEVER_SERVED</c>, <c>SEND_NOT_READY</c>, <c>SEND_FROM_OUT_OF_RANGE</c>, <c>INVALID_PARAMETER</c>.
    /// </summary>
    public async Task<Result<Switched>> Run(string site, SwitchRequest request, AuditOrigin by, CancellationToken ct)
    {
        if (!options.Value.Sites.TryGetValue(site, out var settings))
            return new SiteNotFound(site);
        if (Refuse(site, settings, request) is { } refusal)
            return refusal;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var switched = await Once(site, settings, request, by, ct);
                hints.Hint(site);
                return switched;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected && tries < MostTries)
            {
                // A settle was in the way; nothing was changed.
            }
        }
    }

    /// <summary>The keys without which nothing can be sent; a start of its own is asked for besides.</summary>
    public static IReadOnlyList<string> Missing(SiteOptions settings) =>
        [.. settings.Profile is null ? [nameof(settings.Profile)] : Array.Empty<string>(), .. settings.Bpjs.Missing().Select(key => "Bpjs:" + key)];

    /// <summary>The first and the last moment from which sending can be switched on: not before the configured start, or else before what is read at all.</summary>
    public static (DateTimeOffset First, DateTimeOffset Last) Range(SiteOptions settings, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(settings.Zone));
        var first = ValidateAntreanOptions.SendFrom(settings) ?? local.Subtract(local.TimeOfDay).AddDays(-settings.LookBackDays);
        var last = now.AddDays(MostDaysAhead);
        return (first, first > last ? first : last);
    }

    private Error? Refuse(string site, SiteOptions settings, SwitchRequest request)
    {
        if (request.Mode is not ("observe" or "send"))
            return new UnknownValue("mode", request.Mode ?? "", ["observe", "send"]);
        if (request.SendFrom is null)
            return null;
        if (request.Mode == "observe")
            return new StartWithoutSending();
        if (ValidateAntreanOptions.Moment(request.SendFrom, settings.Zone) is not { } from)
            return new StartUnreadable(request.SendFrom);
        var (first, last) = Range(settings, clock.GetUtcNow());
        return from < first || from > last ? new StartOutOfRange(site, first, last) : null;
    }

    private async Task<Result<Switched>> Once(string code, SiteOptions settings, SwitchRequest request, AuditOrigin by, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        if (await Hold(tx, code, ct) is not { } before)
            return new SiteNeverServed(code);
        var (mode, sendFrom) = (request.Mode!, Start(settings, request, before));
        if (before.Mode == mode && (mode == "observe" || sendFrom == before.SendFrom))
            return new Switched(await Now(tx, before.Id, ct), Changed: false, Withdrawn: 0);
        if (mode == "send" && Missing(settings) is { Count: > 0 } missing)
            return new SendNotReady(code, missing);
        await Write(tx, before.Id, (mode, sendFrom), MirrorSite.Configured(settings), by.Actor.Label, ct);
        var withdrawn = await build.Withdraw(tx, new Site(before.Id, code, settings), ct);
        await WriteAudit.Run(tx, by, new AuditEntry(
            AuditAction.Update, MirrorSite.Resource, code, new { before.Mode, before.SendFrom }, new { Mode = mode, SendFrom = sendFrom, Withdrawn = withdrawn }), ct);
        var now = await Now(tx, before.Id, ct);
        await tx.CommitAsync(ct);
        return new Switched(now, Changed: true, withdrawn);
    }

    // Who observes again keeps the start, so that it can be gone on from. Who sends already and names no start goes on with the old one.
    private DateTimeOffset? Start(SiteOptions settings, SwitchRequest request, (short Id, string Mode, DateTimeOffset? SendFrom) before)
    {
        if (request.Mode == "observe" || (before.Mode == "send" && request.SendFrom is null))
            return before.SendFrom;
        var now = clock.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var (first, _) = Range(settings, now);
        return (ValidateAntreanOptions.Moment(request.SendFrom, settings.Zone) ?? (first > now ? first : now)).ToUniversalTime();
    }

    private static async Task<(short Id, string Mode, DateTimeOffset? SendFrom)?> Hold(NpgsqlTransaction tx, string code, CancellationToken ct)
    {
        var held = await tx.Statement(MirrorSite.Lock, ("code", code)).Rows(row => (row.GetInt16(0), row.GetString(1), row.Maybe<DateTimeOffset?>(2)), ct);
        return held is [var one] ? one : null;
    }

    private Task<int> Write(
        NpgsqlTransaction tx, short id, (string Mode, DateTimeOffset? SendFrom) wanted, (string Mode, DateTimeOffset? SendFrom) configured, string by, CancellationToken ct) => tx.Statement(
        Switch,
        ("site", id), ("mode", wanted.Mode), ("from", wanted.SendFrom), ("configured", configured.Mode), ("configured_from", configured.SendFrom), ("by", by),
        ("now", clock.GetUtcNow())).Run(ct);

    private static async Task<SiteMode> Now(NpgsqlTransaction tx, short id, CancellationToken ct) =>
        (await tx.Statement(AskMode, ("site", id)).Rows(SiteModes.Read, ct)).Single();
}

/// <summary>What a hospital shall do.</summary>
/// <param name="Mode"><c>observe</c> or <c>send</c>.</param>
/// <param name="SendFrom">With <c>send</c>: visits that began earlier are not sent. Without an offset it is the hospital's own time; from now on when absent.</param>
public sealed record SwitchRequest(
    [property: JsonPropertyName("mode"), Required] string? Mode = null,
    [property: JsonPropertyName("send_from")] string? SendFrom = null);

/// <summary>A hospital after it was switched.</summary>
/// <param name="Now">Whether it sends.</param>
/// <param name="Changed">Whether it was anything else before.</param>
/// <param name="Withdrawn">Deliveries that were queued and are not to go out any more.</param>
public sealed record Switched(
    [property: JsonPropertyName("now")] SiteMode Now,
    [property: JsonPropertyName("changed")] bool Changed,
    [property: JsonPropertyName("withdrawn")] int Withdrawn);
