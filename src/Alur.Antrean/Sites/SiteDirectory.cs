using Alur.Antrean.Reconcile;
using Alur.Platform.Delivery;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Antrean.Sites;

/// <summary>
/// The configured hospitals with their database ids. Configuration is the truth; it is mirrored into <c>antrean.sites</c> and the
/// delivery channels at start. Missing settings stop nothing: the channel is paused or the site not polled, and both say why.
/// </summary>
internal sealed class SiteDirectory(NpgsqlDataSource db, DeliveryQueue queue, IOptions<AntreanOptions> options, CheckBeforeSend check, TimeProvider clock)
{
    private const string PausedBySettings = "Not configured: ";

    // Switched on: others may have told of what began before. In another database than the last time: this is a restored copy, and we ourselves
    // may have told of anything that a poll could have read by now.
    private const string MirrorSite = """
        insert into antrean.sites as s (code, name, zone, mode, send_from, profile, onsite_jkn, last_poll_error, kept_in, check_before)
        select $1, $2, $3, $4, $5, $6, $7, $8,
               (select system_identifier from pg_control_system()) || '/' || (select oid from pg_database where datname = current_database()),
               case when $4 = 'send' then $9 end
        on conflict (code) do update set
            name = excluded.name, zone = excluded.zone, mode = excluded.mode, send_from = excluded.send_from, profile = excluded.profile,
            onsite_jkn = excluded.onsite_jkn, last_poll_error = excluded.last_poll_error, kept_in = excluded.kept_in,
            check_before = case
                when s.kept_in is distinct from excluded.kept_in then greatest(s.check_before, $10)
                when s.mode = 'observe' and excluded.mode = 'send' then greatest(s.check_before, $9)
                else s.check_before
            end
        returning id, check_before
        """;

    // Waits for builders that judge by the old settings, so that a withdrawal afterwards sees all they made.
    private const string LockSite = "select 1 from antrean.sites where code = $1 for update";

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
            var (id, checkBefore) = await Write(code, site, ct);
            var sources = TaskProfiles.Of(site).Where(s => enabled.Contains(s.Key)).ToDictionary(StringComparer.Ordinal);
            sites[code] = new Site(id, code, site) { Sources = sources, CheckBefore = checkBefore };
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

    private async Task<(short Id, DateTimeOffset? CheckBefore)> Write(string code, SiteOptions site, CancellationToken ct)
    {
        await using var connection = await db.OpenConnectionAsync(ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        await using (var hold = new NpgsqlCommand(LockSite, connection, tx) { Parameters = { new() { Value = code } } })
            await hold.ExecuteNonQueryAsync(ct);
        await using var command = new NpgsqlCommand(MirrorSite, connection, tx);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = code },
            new() { Value = site.Name ?? code },
            new() { Value = site.Zone },
            new() { Value = site.Mode },
            new() { Value = ValidateAntreanOptions.SendFrom(site)?.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = site.Profile ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = site.OnSiteJkn },
            new() { Value = CannotPoll(code, site) ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = clock.GetUtcNow().UtcDateTime },
            new() { Value = EndOfWindow(site) },
        });
        (short, DateTimeOffset?) row;
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            await reader.ReadAsync(ct);
            row = (reader.GetInt16(0), await reader.IsDBNullAsync(1, ct) ? null : reader.GetFieldValue<DateTimeOffset>(1));
        }
        await tx.CommitAsync(ct);
        return row;
    }

    // The end of the last day that a poll reads.
    private DateTime EndOfWindow(SiteOptions site)
    {
        var now = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(site.Zone));
        return now.AddDays(site.LookAheadDays + 1).Subtract(now.TimeOfDay).UtcDateTime;
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
