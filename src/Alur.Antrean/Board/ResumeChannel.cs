using Alur.Antrean.Sites;
using Alur.Platform.Audit;
using Alur.Platform.Delivery;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Board;

/// <summary>Lets a paused channel send again, also one that paused itself because BPJS refused the credentials or the clock.</summary>
internal static class ResumeChannel
{
    public static async Task<Answer<ChannelState>> Handle(
        [FromRoute] string site, HttpContext http, DeliveryQueue queue, IOptions<AntreanOptions> options, CancellationToken ct)
    {
        if (!options.Value.Sites.TryGetValue(site, out var settings))
        {
            return new SiteNotFound(site);
        }

        if (settings.Bpjs.Missing() is { Count: > 0 } missing)
        {
            return new ChannelNotConfigured(site, $"{string.Join(", ", missing.Select(key => $"Antrean:Sites:{site}:Bpjs:{key}"))} missing.");
        }

        return await queue.Resume($"bpjs:{site}", http.AuditOrigin(), ct)
            ? new ChannelState(site, Paused: false, PausedUntil: null, PausedReason: null)
            : new SiteNotFound(site);
    }
}
