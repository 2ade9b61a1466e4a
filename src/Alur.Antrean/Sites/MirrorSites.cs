using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Antrean.Sites;

/// <summary>Mirrors the configured hospitals before anything else of the module runs, and says what is missing.</summary>
internal sealed class MirrorSites(SiteDirectory sites, ILogger<MirrorSites> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await sites.Mirror(cancellationToken);
        foreach (var site in sites.All)
        {
            if (SiteDirectory.CannotPoll(site.Code, site.Options) is { } reason)
                log.NotPolled(site.Code, reason);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
