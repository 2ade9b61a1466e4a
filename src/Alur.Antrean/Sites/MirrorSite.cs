using Alur.Platform.Audit;
using Alur.Platform.Data;
using Npgsql;

namespace Alur.Antrean.Sites;

/// <summary>
/// Brings one hospital's row in line with the configuration and with what a person last switched: who spoke last counts. The configuration speaks when a start
/// finds it saying something else than was kept when the person switched; then the person's word is dropped, which is audited.
/// </summary>
internal sealed class MirrorSite(NpgsqlTransaction tx, string code, SiteOptions site, DateTimeOffset now)
{
    /// <summary>Waits for builders that judge by the old settings, so that a withdrawal afterwards sees all they made.</summary>
    public const string Lock = "select id, mode, send_from from antrean.sites where code = @code for update";

    // Switched on: others may have told of what began before. In another database than the last time: this is a restored copy, and we ourselves
    // may have told of anything that a poll could have read by now.
    private const string Mirror = """
        insert into antrean.sites as s (code, name, zone, mode, send_from, profile, onsite_jkn, last_poll_error, kept_in, check_before)
        select @code, @name, @zone, @mode, @from, @profile, @onsite, @error,
               (select system_identifier from pg_control_system()) || '/' || (select oid from pg_database where datname = current_database()),
               case when @mode = 'send' then @now end
        on conflict (code) do update set
            name = excluded.name, zone = excluded.zone, mode = excluded.mode, send_from = excluded.send_from, profile = excluded.profile,
            onsite_jkn = excluded.onsite_jkn, last_poll_error = excluded.last_poll_error, kept_in = excluded.kept_in,
            check_before = case
                when s.kept_in is distinct from excluded.kept_in then greatest(s.check_before, @window)
                when s.mode = 'observe' and excluded.mode = 'send' then greatest(s.check_before, @now)
                else s.check_before
            end
        returning id
        """;

    // Whoever switched sending on did not mean a copy of that database, which may stand on a table for a try.
    private const string DropSwitch = """
        delete from antrean.site_modes m
        using antrean.sites s
        where s.id = m.site_id and s.code = @code
          and ((m.configured_mode, m.configured_send_from) is distinct from (@mode, @from)
               or m.mode = 'send' and @mode = 'observe' and s.kept_in is distinct from
                  (select system_identifier from pg_control_system()) || '/' || (select oid from pg_database where datname = current_database()))
        returning m.mode, m.send_from, m.set_by, (m.configured_mode, m.configured_send_from) is distinct from (@mode, @from)
        """;

    private const string AskSwitch = "select m.mode, m.send_from from antrean.site_modes m join antrean.sites s on s.id = m.site_id where s.code = @code";

    /// <summary>What is audited when somebody switches a hospital, or the configuration takes over again.</summary>
    public static readonly AuditResource Resource = new("site_modes");

    /// <summary>What the configuration says.</summary>
    public static (string Mode, DateTimeOffset? SendFrom) Configured(SiteOptions site) => (site.Mode, ValidateAntreanOptions.SendFrom(site)?.ToUniversalTime());

    /// <summary>Writes the row in the transaction.</summary>
    /// <returns>Its id, and what a person had switched the hospital to, if the configuration has taken over again.</returns>
    public async Task<(short Id, DroppedSwitch? Dropped)> Run(CancellationToken ct)
    {
        await tx.Statement(Lock, ("code", code)).Run(ct);
        var dropped = await Drop(ct);
        var (mode, sendFrom) = await Switched(ct) ?? Configured(site);
        // Without a profile nothing can be sent, whoever wants it.
        mode = site.Profile is null ? "observe" : mode;
        var ids = await tx.Statement(
            Mirror,
            ("code", code), ("name", site.Name ?? code), ("zone", site.Zone), ("mode", mode), ("from", sendFrom), ("profile", site.Profile), ("onsite", site.OnSiteJkn),
            ("error", SiteDirectory.CannotPoll(code, site)), ("now", now.ToUniversalTime()), ("window", EndOfWindow().ToUniversalTime())).Rows(row => row.GetInt16(0), ct);
        return (ids.Single(), dropped);
    }

    private async Task<DroppedSwitch?> Drop(CancellationToken ct)
    {
        var configured = Configured(site);
        var found = await tx.Statement(DropSwitch, ("code", code), ("mode", configured.Mode), ("from", configured.SendFrom)).Rows(
            row => (Switch: new DroppedSwitch(row.GetString(0), row.GetString(2), row.GetBoolean(3)), SendFrom: row.Maybe<DateTimeOffset?>(1)), ct);
        if (found is not [var (dropped, sendFrom)]) return null;
        await WriteAudit.Run(tx, AuditOrigin.System, new AuditEntry(
            AuditAction.Delete, Resource, code, new { dropped.Mode, SendFrom = sendFrom, SetBy = dropped.By }, new { configured.Mode, configured.SendFrom }), ct);
        return dropped;
    }

    private async Task<(string Mode, DateTimeOffset? SendFrom)?> Switched(CancellationToken ct)
    {
        var found = await tx.Statement(AskSwitch, ("code", code)).Rows(row => (row.GetString(0), row.Maybe<DateTimeOffset?>(1)), ct);
        return found is [var one] ? one : null;
    }

    // The end of the last day that a poll reads.
    private DateTimeOffset EndOfWindow()
    {
        var local = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(site.Zone));
        return local.AddDays(site.LookAheadDays + 1).Subtract(local.TimeOfDay);
    }
}

/// <summary>What a person had switched a hospital to before the configuration took over again.</summary>
/// <param name="Mode">observe or send.</param>
/// <param name="By">As <see cref="SwitchedMode.By"/>.</param>
/// <param name="Reconfigured">Because the configuration was changed; else because this database is a copy of the one where it was switched.</param>
internal sealed record DroppedSwitch(string Mode, string By, bool Reconfigured);
