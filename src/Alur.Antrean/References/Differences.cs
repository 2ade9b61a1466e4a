namespace Alur.Antrean.References;

/// <summary>
/// Where the hospital's mappings and schedules are not those of BPJS, with the visits that it concerns, decided by one statement over the lists
/// as they were last read. A difference blocks nothing: whether BPJS takes a visit is BPJS's to decide, and its refusal is shown on the work list.
/// </summary>
internal static class Differences
{
    /// <summary>
    /// A query with the columns <c>place</c> (unique, in the list's order within a day), <c>kind</c>, <c>day</c>, <c>poli_id</c>, <c>poli</c>, <c>kodepoli</c>,
    /// <c>dokter_id</c>, <c>dokter</c>, <c>kodedokter</c>, <c>khanza</c>, <c>bpjs</c>, <c>fetched_at</c>, <c>visits</c> (an array of ids, of that day or of
    /// today and later). Parameters: <c>@site</c> code, <c>@today</c> the hospital's day. What one finding explains is not told again by the next:
    /// hours are compared only of doctors and clinics that BPJS knows. Names are compared by their letters and figures; Khanza's columns cut
    /// long names off.
    /// </summary>
    public const string Sql = """
        with lists as (
            select l.kind, l.kodepoli, l.day, l.rows, l.fetched_at
            from antrean.reference_lists l
            where l.site_id = (select id from antrean.sites where code = @site) and l.rows is not null and (l.day is null or l.day >= @today)
        ), clinics as materialized (
            select c.poli_id, c.name, c.kodepoli, c.bpjs_name from lists l, jsonb_to_recordset(l.rows) as c(poli_id text, name text, kodepoli text, bpjs_name text)
            where l.kind = 'KHANZA_CLINICS' and c.kodepoli <> ''
        ), doctors as materialized (
            select d.dokter_id, d.name, d.kodedokter, d.bpjs_name from lists l, jsonb_to_recordset(l.rows) as d(dokter_id text, name text, kodedokter text, bpjs_name text)
            where l.kind = 'KHANZA_DOCTORS' and d.kodedokter <> ''
        ), hours as materialized (
            select h.poli_id, h.dokter_id, h.weekday, h.hours, h.quota
            from lists l, jsonb_to_recordset(l.rows) as h(poli_id text, dokter_id text, weekday int, hours text, quota int)
            where l.kind = 'KHANZA_SLOTS'
        ), known_clinics as materialized (
            select k.code, k.name, k.parent, k.parent_name from lists l, jsonb_to_recordset(l.rows) as k(code text, name text, parent text, parent_name text)
            where l.kind = 'CLINICS'
        ), known_doctors as materialized (
            select k.code, k.name from lists l, jsonb_to_recordset(l.rows) as k(code text, name text) where l.kind = 'DOCTORS'
        ), days as materialized (
            select l.kodepoli as parent, l.day, extract(isodow from l.day)::int as weekday, l.fetched_at from lists l where l.kind = 'SCHEDULE'
        ), bpjs_hours as materialized (
            select l.day, l.fetched_at, h.kodepoli, h.kodedokter, h.doctor, h.hours, h.quota, h.closed
            from lists l, jsonb_to_recordset(l.rows) as h(kodepoli text, kodedokter text, doctor text, hours text, quota int, closed boolean)
            where l.kind = 'SCHEDULE'
        ), visits as materialized (
            select v.visit_id, v.service_date, v.poli_id, v.dokter_id, v.payload ->> 'jampraktek' as hours
            from antrean.visits v
            where v.site_id = (select id from antrean.sites where code = @site) and v.service_date >= @today and v.cancelled_reason is null
              and not 'CLINIC_EXCLUDED' = any(v.blocked_reasons)
        ), pairs as materialized ( -- who should be there: by Khanza's schedule, or because patients came
            select c.poli_id, d.dokter_id, p.day, p.weekday, p.fetched_at, c.kodepoli, d.kodedokter
            from days p
            join known_clinics k on k.parent = p.parent
            join clinics c on c.kodepoli = k.code
            join doctors d on exists (select 1 from known_doctors n where n.code = d.kodedokter)
            where exists (select 1 from hours h where h.poli_id = c.poli_id and h.dokter_id = d.dokter_id and h.weekday = p.weekday)
               or exists (select 1 from visits v where v.poli_id = c.poli_id and v.dokter_id = d.dokter_id and v.service_date = p.day)
        ), there as materialized (
            select p.*, count(b.*) > 0 as listed, count(b.*) filter (where not b.closed) > 0 as open,
                   string_agg(b.hours, ', ' order by b.hours) filter (where not b.closed) as bpjs
            from pairs p
            left join bpjs_hours b on b.day = p.day and b.kodepoli = p.kodepoli and b.kodedokter = p.kodedokter
            group by p.poli_id, p.dokter_id, p.day, p.weekday, p.fetched_at, p.kodepoli, p.kodedokter
        ), slots as materialized ( -- Khanza's hours of those who are there, each beside the same hours at BPJS
            select t.day, t.poli_id, t.kodepoli, t.dokter_id, t.kodedokter, t.bpjs, t.fetched_at, h.hours, h.quota, b.hours as same, b.quota as capacity
            from there t
            join hours h on h.poli_id = t.poli_id and h.dokter_id = t.dokter_id and h.weekday = t.weekday
            left join bpjs_hours b on b.day = t.day and b.kodepoli = t.kodepoli and b.kodedokter = t.kodedokter and b.hours = h.hours and not b.closed
            where t.open
        ), found as (
            select 'CLINIC_UNKNOWN_AT_BPJS' as kind, null::date as day, c.poli_id, c.kodepoli, null as dokter_id, null as kodedokter,
                   c.bpjs_name as khanza, null as bpjs, l.fetched_at, null as only_hours
            from clinics c join lists l on l.kind = 'CLINICS'
            where not exists (select 1 from known_clinics k where k.code = c.kodepoli)
            union all
            select 'CLINIC_NAME_DIFFERS', null, c.poli_id, c.kodepoli, null, null, c.bpjs_name, k.name, l.fetched_at, null
            from clinics c join lists l on l.kind = 'CLINICS' join known_clinics k on k.code = c.kodepoli
            where c.bpjs_name <> '' and not antrean.is_same_name(c.bpjs_name, k.name) and not antrean.is_same_name(c.bpjs_name, k.parent_name)
            union all
            select 'DOCTOR_UNKNOWN_AT_BPJS', null, null, null, d.dokter_id, d.kodedokter, d.bpjs_name, null, l.fetched_at, null
            from doctors d join lists l on l.kind = 'DOCTORS'
            where not exists (select 1 from known_doctors k where k.code = d.kodedokter)
            union all
            select 'DOCTOR_NAME_DIFFERS', null, null, null, d.dokter_id, d.kodedokter, d.bpjs_name, k.name, l.fetched_at, null
            from doctors d join lists l on l.kind = 'DOCTORS' join known_doctors k on k.code = d.kodedokter
            where d.bpjs_name <> '' and not antrean.is_same_name(d.bpjs_name, k.name)
            union all
            select case when t.listed then 'CLOSED_AT_BPJS' else 'DOCTOR_WITHOUT_SCHEDULE' end, t.day, t.poli_id, t.kodepoli, t.dokter_id, t.kodedokter,
                   (select string_agg(h.hours, ', ' order by h.hours) from hours h where h.poli_id = t.poli_id and h.dokter_id = t.dokter_id and h.weekday = t.weekday),
                   null, t.fetched_at, null
            from there t where not t.open
            union all
            select 'HOURS_DIFFER', o.day, o.poli_id, o.kodepoli, o.dokter_id, o.kodedokter, o.hours, o.bpjs, o.fetched_at, o.hours
            from slots o where o.same is null
            union all
            select 'QUOTA_DIFFERS', o.day, o.poli_id, o.kodepoli, o.dokter_id, o.kodedokter, o.hours || ' (' || coalesce(o.quota::text, '-') || ')',
                   o.same || ' (' || o.capacity || ')', o.fetched_at, o.hours
            from slots o where o.capacity is not null and o.quota is distinct from o.capacity
            union all
            select 'SCHEDULE_NOT_IN_KHANZA', b.day, c.poli_id, b.kodepoli, coalesce(d.dokter_id, ''), b.kodedokter, null, b.doctor || ' ' || b.hours, b.fetched_at, null
            from bpjs_hours b
            join clinics c on c.kodepoli = b.kodepoli
            left join doctors d on d.kodedokter = b.kodedokter
            where not b.closed and not exists (
                select 1 from clinics o join hours h on h.poli_id = o.poli_id join doctors e on e.dokter_id = h.dokter_id
                where o.kodepoli = b.kodepoli and e.kodedokter = b.kodedokter and h.weekday = extract(isodow from b.day))
        )
        select distinct on (coalesce(f.day, '-infinity'), place)
               concat_ws('|', f.kind, f.poli_id, f.kodepoli, f.dokter_id, f.kodedokter, f.khanza, f.bpjs) collate "C" as place,
               f.kind, f.day, f.poli_id, p.name as poli, f.kodepoli, nullif(f.dokter_id, '') as dokter_id, m.name as dokter, f.kodedokter, f.khanza, f.bpjs,
               f.fetched_at, array(
                   select v.visit_id from visits v
                   where (f.day is null or v.service_date = f.day) and (f.poli_id is null or v.poli_id = f.poli_id)
                     and (f.dokter_id is null or v.dokter_id = f.dokter_id) and (f.only_hours is null or v.hours = f.only_hours)
                   order by v.visit_id) as visits
        from found f
        left join clinics p on p.poli_id = f.poli_id
        left join doctors m on m.dokter_id = f.dokter_id
        order by coalesce(f.day, '-infinity'), place
        """;
}
