using Alur.Antrean.Sites;
using Npgsql;

namespace Alur.Antrean.References;

/// <summary>
/// Which lists a hospital needs, and which of them are to be asked for now. Schedules are asked by clinic and day, of today and the days ahead
/// that are read from Khanza, and only where the hospital has hours or visits: whatever many visits there are, one call a clinic and day.
/// </summary>
internal static class WantReferences
{
    /// <summary>Days ahead whose schedules are compared: HFIS is filed a day ahead at least, and each day costs a call per clinic.</summary>
    public const int MostDaysAhead = 6;

    private const string Always = """
        insert into antrean.reference_lists (site_id, path, kind)
        select $1, w.path, w.kind from unnest($2::text[], $3::text[]) as w(path, kind)
        on conflict (site_id, path) do nothing
        """;

    // A mapped code that BPJS does not list cannot be asked for; one that is no code at all must not get into an address.
    private const string Schedules = """
        with lists as (
            select kind, rows from antrean.reference_lists where site_id = $1 and rows is not null
        ), known as (
            select k.code, k.parent from lists, jsonb_to_recordset(rows) as k(code text, parent text) where kind = 'CLINICS'
        ), clinics as (
            select c.poli_id, k.parent as kodepoli
            from lists, jsonb_to_recordset(rows) as c(poli_id text, kodepoli text)
            join known k on k.code = c.kodepoli
            where kind = 'KHANZA_CLINICS' and k.parent ~ '^[A-Za-z0-9-]{1,15}$'
        ), hours as (
            select h.poli_id, h.weekday from lists, jsonb_to_recordset(rows) as h(poli_id text, weekday int) where kind = 'KHANZA_SLOTS'
        ), days as (
            select d::date as day, extract(isodow from d)::int as weekday from generate_series($2::date::timestamp, $3::date::timestamp, '1 day') d
        ), forgotten as (
            delete from antrean.reference_lists where site_id = $1 and kind = 'SCHEDULE' and day < $2::date - 7
        )
        insert into antrean.reference_lists (site_id, path, kind, kodepoli, day)
        select distinct $1::smallint, 'jadwaldokter/kodepoli/' || c.kodepoli || '/tanggal/' || to_char(d.day, 'YYYY-MM-DD'), 'SCHEDULE', c.kodepoli, d.day
        from clinics c
        cross join days d
        where exists (select 1 from hours h where h.poli_id = c.poli_id and h.weekday = d.weekday)
           or exists (select 1 from antrean.visits v where v.site_id = $1 and v.service_date = d.day and v.poli_id = c.poli_id)
        on conflict (site_id, path) do nothing
        """;

    private const string Due = """
        select l.path, l.kind, jsonb_array_length(l.rows)
        from antrean.reference_lists l
        where l.site_id = $1 and l.kind = any($4) and (l.failure is not null) = $5 and (l.day is null or l.day >= $2)
          and (l.asked_at is null or l.requested_at > l.asked_at or l.again_at <= now() or (l.again_at is null and l.fetched_on < $3))
        order by case when $5 then l.asked_at end, l.day nulls first, l.path
        """;

    /// <summary>The lists that every hospital needs have their rows.</summary>
    public static async Task Ever(NpgsqlDataSource db, Site site, CancellationToken ct)
    {
        DueList[] lists = [DueList.Clinics, DueList.Doctors, DueList.KhanzaClinics, DueList.KhanzaDoctors, DueList.KhanzaSlots];
        await using var command = db.CreateCommand(Always);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = lists.Select(l => l.Path).ToArray() });
        command.Parameters.Add(new() { Value = lists.Select(l => l.Kind).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The schedules that this hospital needs have their rows, and those of days long over are forgotten.</summary>
    public static async Task DaysOf(NpgsqlDataSource db, Site site, DateOnly today, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Schedules);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = today });
        command.Parameters.Add(new() { Value = today.AddDays(Math.Min(site.Options.LookAheadDays, MostDaysAhead)) });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What is to be asked for: never read, of an earlier day, wanted anew by somebody, or to be tried again.</summary>
    /// <param name="db">Our database.</param>
    /// <param name="site">Whose lists.</param>
    /// <param name="now">Engine time.</param>
    /// <param name="kinds">Of these kinds.</param>
    /// <param name="failed">Those that the latest attempt did not give, the one longest ago first; else the others.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<IReadOnlyList<DueList>> Now(NpgsqlDataSource db, Site site, DateTimeOffset now, string[] kinds, bool failed, CancellationToken ct)
    {
        await using var command = db.CreateCommand(Due);
        command.Parameters.Add(new() { Value = site.Id });
        command.Parameters.Add(new() { Value = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, site.Zone).DateTime) });
        command.Parameters.Add(new() { Value = KeepReferences.DayOf(now, site) });
        command.Parameters.Add(new() { Value = kinds });
        command.Parameters.Add(new() { Value = failed });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var due = new List<DueList>();
        while (await reader.ReadAsync(ct))
            due.Add(new DueList(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetInt32(2)));
        return due;
    }
}
