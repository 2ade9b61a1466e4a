using Alur.Antrean.Reconcile;
using Alur.Platform.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Sites;

/// <summary>
/// The configured hospitals with their database ids. Configuration is mirrored into <c>antrean.sites</c> and the delivery channels at start, but for
/// whether a hospital sends where a person has switched that since (<see cref="MirrorSite"/>; <see cref="SiteModes"/> has what holds). Missing settings stop
/// nothing: the channel is paused or the site not polled, and both say why.
/// </summary>
internal sealed class SiteDirectory(
    NpgsqlDataSource db, DeliveryQueue queue, IOptions<AntreanOptions> options, CheckBeforeSend check, TimeProvider clock, ILogger<SiteDirectory> log)
{
    private const string PausedBySettings = "Not configured: ";

    private const string AskEnabled = "select code from antrean.task_catalogue where enabled";

    private const string PausedForGood = "select paused_reason from delivery.channels where name = $1 and paused_until = 'infinity'";

    private Dictionary<string, Site> _sites = new(StringComparer.Ordinal);

    /// <summary>All configured sites; empty before <see cref="Mirror"/>.</summary>
    public IReadOnlyCollection<Site> All => _sites.Values;

    /// <summary>A site by its code, or null when there is none.</summary>
    public Site? Find(string code) => _sites.GetValueOrDefault(code);

    /// <summary>Brings database and channels in line with the configuration. Repeatable.</summary>
    public async Task Mirror(CancellationToken ct)
    {
        var enabled = await EnabledTasks(db, ct);
        var sites = new Dictionary<string, Site>(StringComparer.Ordinal);
        foreach (var (code, site) in options.Value.Sites.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var sources = TaskProfiles.Of(site).Where(s => enabled.Contains(s.Key)).ToDictionary(StringComparer.Ordinal);
            sites[code] = new Site(await Write(code, site, ct), code, site) { Sources = sources };
            await EnsureChannel(sites[code], ct);
        }
        check.Serve(sites);
        _sites = sites;
    }

    /// <summary>Why a site cannot be polled; null when it can.</summary>
    public static string? CannotPoll(string code, SiteOptions site) => Missing(code, "Khanza", site.Khanza.Missing());

    private static string? Missing(string code, string section, IReadOnlyList<string> keys) =>
        keys.Count == 0 ? null : PausedBySettings + string.Join(", ", keys.Select(key => $"Antrean:Sites:{code}:{section}:{key}"));

    private async Task EnsureChannel(Site site, CancellationToken ct)
    {
        var bpjs = site.Options.Bpjs;
        await queue.EnsureChannel(site.Channel, new ChannelLimits(bpjs.MaxConcurrent, bpjs.MaxPerSecond), site.Channel, ct);
        var paused = await PausedForGoodBecause(site.Channel, ct);
        var byUs = paused?.StartsWith(PausedBySettings, StringComparison.Ordinal) == true;
        if (Missing(site.Code, "Bpjs", bpjs.Missing()) is { } reason)
        {
            // An operator's own pause stays, with the reason that they gave.
            if (paused is null || byUs) await queue.Pause(site.Channel, reason, until: null, ct);
        }
        else if (byUs)
            await queue.Resume(site.Channel, ct);
    }

    private async Task<short> Write(string code, SiteOptions site, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var (id, dropped) = await new MirrorSite(tx, code, site, clock.GetUtcNow()).Run(ct);
        await tx.CommitAsync(ct);
        if (dropped is { } switched)
            log.ConfigurationTookOver(code, switched.By, switched.Mode, switched.Reconfigured ? "the configuration was changed since" : "this database is a copy", site.Mode);
        return id;
    }

    /// <summary>The tasks that are sent at all.</summary>
    public static async Task<HashSet<string>> EnabledTasks(NpgsqlDataSource db, CancellationToken ct)
    {
        await using var command = db.CreateCommand(AskEnabled);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var codes = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
            codes.Add(reader.GetString(0));
        return codes;
    }

    private async Task<string?> PausedForGoodBecause(string channel, CancellationToken ct)
    {
        await using var command = db.CreateCommand(PausedForGood);
        command.Parameters.Add(new() { Value = channel });
        return await command.ExecuteScalarAsync(ct) as string;
    }
}
