using Alur.Antrean.Tasks;
using Alur.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Antrean.Sites;

/// <summary>
/// Mirrors the configured hospitals before anything else of the module or the delivery engine runs, takes back what they no longer let out
/// (a start moved later, a site that observes again), and says what is missing.
/// </summary>
internal sealed class MirrorSites(SiteDirectory sites, BuildQueue build, ILogger<MirrorSites> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await DatabaseRestart.Outlast(() => Mirror(cancellationToken), cancellationToken);
        foreach (var site in sites.All)
        {
            if (site is { Options.Mode: "send", CheckBefore: { } before })
                log.LooksUp(site.Code, TimeZoneInfo.ConvertTime(before, site.Zone));
            if (SiteDirectory.CannotPoll(site.Code, site.Options) is { } reason)
                log.NotPolled(site.Code, reason);
            if (site.Options.Mode == "send" && site.Options.Bpjs.Missing() is { Count: > 0 } missing)
                log.NothingSent(site.Code, string.Join(", ", missing.Select(key => $"Antrean:Sites:{site.Code}:Bpjs:{key}")));
        }
    }

    private async Task Mirror(CancellationToken ct)
    {
        await sites.Mirror(ct);
        foreach (var site in sites.All)
            await build.Withdraw(site, ct);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
