using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Texts;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Alur.Antrean.Board;

/// <summary>Holds back all calls to a site's BPJS account. Calls in flight finish, nothing is lost, no attempt is used.</summary>
internal static class PauseChannel
{
    public static async Task<Answer<ChannelState>> Handle(
        [FromRoute] string site, [FromBody] Request request, DeliveryQueue queue, HttpContext http, CancellationToken ct)
    {
        if (request.Until <= DateTimeOffset.UtcNow)
        {
            return new PauseEndsBeforeItBegins();
        }

        var reason = OutsideText.Clean($"{request.Reason} ({http.Actor().Label})");
        return await queue.Pause($"bpjs:{site}", reason, request.Until?.ToUniversalTime(), http.AuditOrigin(), ct)
            ? new ChannelState(site, Paused: true, request.Until, reason)
            : new SiteNotFound(site);
    }

    /// <summary>Why, and for how long.</summary>
    /// <param name="Reason">Shown to everybody who wonders why nothing is sent.</param>
    /// <param name="Until">Sends again from then on; absent: until somebody resumes it.</param>
    public sealed record Request(
        [property: JsonPropertyName("reason"), Required, StringLength(200, MinimumLength = 3)] string? Reason = null,
        [property: JsonPropertyName("until")] DateTimeOffset? Until = null);
}

/// <summary>Whether a site's channel to BPJS sends.</summary>
/// <param name="Site">Code of the site.</param>
/// <param name="Paused">Nothing is sent.</param>
/// <param name="PausedUntil">Until then; null while paused: until somebody resumes it.</param>
/// <param name="PausedReason">Why, and who said so.</param>
public sealed record ChannelState(
    [property: JsonPropertyName("site")] string Site,
    [property: JsonPropertyName("paused")] bool Paused,
    [property: JsonPropertyName("paused_until")] DateTimeOffset? PausedUntil,
    [property: JsonPropertyName("paused_reason")] string? PausedReason);
