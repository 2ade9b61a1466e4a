using Alur.Antrean.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alur.Antrean.Sites;

/// <summary>
/// Notices on every node that somebody switched a hospital on whichever: says so, and has the builder run at once. Nothing is sent or held for this; whoever
/// calls BPJS asks <see cref="SiteModes"/> itself.
/// </summary>
internal sealed class FollowModes(SiteModes modes, BuildHints hints, ILogger<FollowModes> log) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(3);

    private Dictionary<string, SiteMode>? _known;

    /// <summary>Looks once.</summary>
    /// <returns>The hospitals that are switched otherwise than at the look before.</returns>
    public async Task<IReadOnlyList<SiteMode>> Look(CancellationToken ct)
    {
        var now = await modes.All(ct);
        List<SiteMode> others = _known is { } known
            ? [.. now.Where(mode => known.TryGetValue(mode.Site, out var before) && (before.Mode, before.SendFrom) != (mode.Mode, mode.SendFrom))]
            : [];
        _known = now.ToDictionary(mode => mode.Site, StringComparer.Ordinal);
        foreach (var mode in others)
        {
            log.Switched(mode.Site, mode.Sends ? $"sends what began from {mode.SendFrom:yyyy-MM-ddTHH:mm:ssZ} on" : "observes, nothing is sent", mode.Switched?.By ?? "the configuration");
            hints.Hint(mode.Site);
        }
        return others;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval);
        do
        {
            try
            {
                await Look(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.ModesUnread(e.Message); // the loops that cannot do without the database say it louder
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
