using Alur.Antrean.Tasks;
using Alur.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Antrean.Sites;

/// <summary>
/// Mirrors the configured hospitals before anything else of the module or the delivery engine runs, takes back what they no longer let out
/// (a start moved later, a site that observes again), and says what is missing.
/// </summary>
internal sealed class MirrorSites(SiteDirectory sites, SiteModes modes, BuildQueue build, ILogger<MirrorSites> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, SiteMode> standing = [];
        await DatabaseRestart.Outlast(
            async () =>
            {
                await Mirror(cancellationToken);
                standing = (await modes.All(cancellationToken)).ToDictionary(mode => mode.Site, StringComparer.Ordinal);
            },
            cancellationToken);
        foreach (var site in sites.All)
            Tell(site, standing[site.Code]);
    }

    private void Tell(Site site, SiteMode mode)
    {
        if (mode is { Sends: true, CheckBefore: { } before })
            log.LooksUp(site.Code, TimeZoneInfo.ConvertTime(before, site.Zone));
        if (SiteDirectory.CannotPoll(site.Code, site.Options) is { } reason)
            log.NotPolled(site.Code, reason);
        if (mode.Sends && site.Options.Bpjs.Missing() is { Count: > 0 } missing)
            log.NothingSent(site.Code, string.Join(", ", missing.Select(key => $"Antrean:Sites:{site.Code}:Bpjs:{key}")));
        if (mode is { Sends: false, Switched.Mode: "send" })
            log.NothingSent(site.Code, $"Antrean:Sites:{site.Code}:Profile");
    }

    private async Task Mirror(CancellationToken ct)
    {
        await sites.Mirror(ct);
        foreach (var site in sites.All)
            await build.Withdraw(site, ct);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
