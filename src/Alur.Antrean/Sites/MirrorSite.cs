using Alur.Platform.Audit;
using Npgsql;
using NpgsqlTypes;

namespace Alur.Antrean.Sites;

/// <summary>
/// Brings one hospital's row in line with the configuration and with what a person last switched: who spoke last counts. The configuration speaks when a start
/// finds it saying something else than was kept when the person switched; then the person's word is dropped, which is audited.
/// </summary>
internal sealed class MirrorSite(NpgsqlConnection connection, NpgsqlTransaction tx, string code, SiteOptions site, DateTimeOffset now)
{
    /// <summary>Waits for builders that judge by the old settings, so that a withdrawal afterwards sees all they made.</summary>
    public const string Lock = "select id, mode, send_from from antrean.sites where code = $1 for update";

    // Switched on: others may have told of what began before. In another database than the last time: this is a restored copy, and we ourselves
    // may have told of anything that a poll could have read by now.
    private const string Mirror = """
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
        returning id
        """;

    // Whoever switched sending on did not mean a copy of that database, which may stand on a table for a try.
    private const string DropSwitch = """
        delete from antrean.site_modes m
        using antrean.sites s
        where s.id = m.site_id and s.code = $1
          and ((m.configured_mode, m.configured_send_from) is distinct from ($2, $3)
               or m.mode = 'send' and $2 = 'observe' and s.kept_in is distinct from
                  (select system_identifier from pg_control_system()) || '/' || (select oid from pg_database where datname = current_database()))
        returning m.mode, m.send_from, m.set_by, (m.configured_mode, m.configured_send_from) is distinct from ($2, $3)
        """;

    private const string AskSwitch = "select m.mode, m.send_from from antrean.site_modes m join antrean.sites s on s.id = m.site_id where s.code = $1";

    /// <summary>What is audited when somebody switches a hospital, or the configuration takes over again.</summary>
    public static readonly AuditResource Resource = new("site_modes");

    /// <summary>What the configuration says.</summary>
    public static (string Mode, DateTimeOffset? SendFrom) Configured(SiteOptions site) => (site.Mode, ValidateAntreanOptions.SendFrom(site)?.ToUniversalTime());

    /// <summary>Writes the row in the transaction.</summary>
    /// <returns>Its id, and what a person had switched the hospital to, if the configuration has taken over again.</returns>
    public async Task<(short Id, DroppedSwitch? Dropped)> Run(CancellationToken ct)
    {
        await using (var hold = Command(Lock, Value(code)))
            await hold.ExecuteNonQueryAsync(ct);
        var dropped = await Drop(ct);
        var (mode, sendFrom) = await Switched(ct) ?? Configured(site);
        // Without a profile nothing can be sent, whoever wants it.
        mode = site.Profile is null ? "observe" : mode;
        await using var mirror = Command(Mirror,
            Value(code), Value(site.Name ?? code), Value(site.Zone), Value(mode), Moment(sendFrom), Text(site.Profile), Value(site.OnSiteJkn),
            Text(SiteDirectory.CannotPoll(code, site)), Moment(now), Moment(EndOfWindow()));
        return ((short)(await mirror.ExecuteScalarAsync(ct))!, dropped);
    }

    private async Task<DroppedSwitch?> Drop(CancellationToken ct)
    {
        var configured = Configured(site);
        DroppedSwitch dropped;
        DateTimeOffset? sendFrom;
        await using (var drop = Command(DropSwitch, Value(code), Value(configured.Mode), Moment(configured.SendFrom)))
        await using (var reader = await drop.ExecuteReaderAsync(ct))
        {
            if (!await reader.ReadAsync(ct))
                return null;
            dropped = new(reader.GetString(0), reader.GetString(2), reader.GetBoolean(3));
            sendFrom = Maybe(reader, 1);
        }
        await WriteAudit.Run(tx, AuditOrigin.System, new AuditEntry(
            AuditAction.Delete, Resource, code, new { dropped.Mode, SendFrom = sendFrom, SetBy = dropped.By }, new { configured.Mode, configured.SendFrom }), ct);
        return dropped;
    }

    private async Task<(string Mode, DateTimeOffset? SendFrom)?> Switched(CancellationToken ct)
    {
        await using var ask = Command(AskSwitch, Value(code));
        await using var reader = await ask.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetString(0), Maybe(reader, 1)) : null;
    }

    // The end of the last day that a poll reads.
    private DateTimeOffset EndOfWindow()
    {
        var local = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(site.Zone));
        return local.AddDays(site.LookAheadDays + 1).Subtract(local.TimeOfDay);
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection, tx);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter Value(string value) => new() { Value = value };

    private static NpgsqlParameter Text(string? value) => new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Moment(DateTimeOffset? value) => new() { Value = value?.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static DateTimeOffset? Maybe(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}

/// <summary>What a person had switched a hospital to before the configuration took over again.</summary>
/// <param name="Mode">observe or send.</param>
/// <param name="By">As <see cref="SwitchedMode.By"/>.</param>
/// <param name="Reconfigured">Because the configuration was changed; else because this database is a copy of the one where it was switched.</param>
internal sealed record DroppedSwitch(string Mode, string By, bool Reconfigured);
