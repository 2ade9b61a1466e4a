-- The years below which the audit forgets nothing held for honest intervals only.
create or replace function audit.forget(general interval, medical interval, out months int, out entries bigint)
    language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '2s' as $$
declare
    part record;
    has_medical boolean;
    gone bigint;
begin
    -- Moments are compared, not intervals: of '-100 years 36360 days' PostgreSQL thinks that it is a year, and null is neither more nor less than anything.
    if (now() - general <= now() - interval '1 year' and now() - medical <= now() - interval '25 years') is not true then
        raise exception 'audit entries are kept for a year at least, medical ones for 25' using errcode = 'restrict_violation';
    end if;
    months := 0;
    entries := 0;
    for part in
        select c.relname as name, to_date(right(c.relname, 7), 'YYYY_MM')::timestamptz + interval '1 month' as ended
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'audit.audit_logs'::regclass and c.relname ~ '^audit_logs_\d{4}_\d{2}$'
        order by c.relname
    loop
        continue when part.ended > now() - general;
        execute format('select exists (select from audit.%I where retention = ''medical'')', part.name) into has_medical;
        if not has_medical or part.ended <= now() - greatest(general, medical) then
            execute format('select count(*) from audit.%I', part.name) into gone;
            execute format('drop table audit.%I', part.name);
            months := months + 1;
            entries := entries + gone;
        else
            execute format('alter table audit.%I disable trigger user', part.name);
            execute format('delete from audit.%I where retention = ''general''', part.name);
            get diagnostics gone = row_count;
            execute format('alter table audit.%I enable trigger user', part.name);
            entries := entries + gone;
        end if;
    end loop;
end $$;
