using Alur.Antrean.Polling;
using Alur.Antrean.Reconcile;
using Alur.Antrean.References;
using Alur.Antrean.Sites;
using Alur.Antrean.Tasks;
using Alur.Platform.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Alur.Antrean;

/// <summary>Runs every site's poller, builder, reconciler and keeper of references, each at most once over all nodes.</summary>
internal sealed class AntreanWorker(
    SiteDirectory sites, PollKhanza poll, BuildQueue build, ReconcileRegistrations reconcile, RefreshReferences references, BuildHints hints, PollHints pollHints,
    ReferenceHints referenceHints, IOptions<AntreanOptions> options, LeaseStore leases, ILoggerFactory logs) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loops = sites.All.SelectMany(Loops).ToList();
        foreach (var loop in loops)
            await loop.StartAsync(stoppingToken);
        await Task.WhenAny(Task.Delay(Timeout.Infinite, stoppingToken));
        await Task.WhenAll(loops.Select(loop => loop.StopAsync(CancellationToken.None)));
    }

    private IEnumerable<PeriodicTask> Loops(Site site)
    {
        var (code, cadence) = (site.Code, options.Value);
        if (SiteDirectory.CannotPoll(code, site.Options) is null)
            yield return Loop($"antrean.poll:{code}", cadence.PollInterval, () => pollHints.Next(code), (lease, ct) => poll.RunOnce(code, lease, ct));
        yield return Loop($"antrean.build:{code}", cadence.BuildInterval, () => hints.Next(code), (_, ct) => build.RunOnce(code, ct));
        if (site.Options.Bpjs.Missing().Count > 0)
            yield break;
        yield return Loop($"antrean.reconcile:{code}", cadence.ReconcileInterval, hint: null, (_, ct) => reconcile.RunOnce(code, ct));
        yield return Loop($"antrean.references:{code}", cadence.ReferenceInterval, () => referenceHints.Next(code), (_, ct) => references.RunOnce(code, ct));
    }

    private PeriodicTask Loop(string name, TimeSpan interval, Func<Task>? hint, Func<LeaseGrant, CancellationToken, Task> runOnce) =>
        new(name, interval, runOnce, leases, logs.CreateLogger<PeriodicTask>()) { Hint = hint };
}
