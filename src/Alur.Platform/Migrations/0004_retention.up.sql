-- What is old is forgotten through these functions: alur_app may neither change nor delete what was recorded. Both refuse to take what is young.

-- Empties requests and responses of old attempts, a page at a time: begin with '-infinity' and 0, go on with what came back until it is null.
create function delivery.clear_attempts(keep interval, most int, inout seen_at timestamptz, inout seen_id bigint, out cleared int)
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    page record;
begin
    if keep < interval '1 day' then
        raise exception 'attempts younger than a day keep what was said' using errcode = 'restrict_violation';
    end if;
    with page as materialized (
        select a.recorded_at, a.id, a.request is not null or a.response is not null as filled
        from delivery.attempts a
        where a.recorded_at >= seen_at and (a.recorded_at, a.id) > (seen_at, seen_id) and a.recorded_at < now() - keep
        order by a.recorded_at, a.id
        limit least(greatest(most, 1), 10000)
    ), emptied as (
        update delivery.attempts a set request = null, response = null
        from page p
        where p.filled and a.recorded_at = p.recorded_at and a.id = p.id
        returning 1
    )
    select (select count(*)::int from emptied) as cleared, last.recorded_at, last.id
    from (select 1) one
    left join lateral (select p.recorded_at, p.id from page p order by p.recorded_at desc, p.id desc limit 1) last on true
    into page;
    cleared := page.cleared;
    seen_at := page.recorded_at;
    seen_id := page.id;
end $$;

-- Drops the months of attempts that are wholly past, and what old rows the default partition holds. Returns how many months.
-- It waits only briefly for the table: everybody who settles would wait behind it.
create function delivery.drop_attempts(keep interval) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
    dropped int := 0;
    partition name;
begin
    if keep < interval '7 days' then
        raise exception 'attempts are kept for 7 days at least' using errcode = 'restrict_violation';
    end if;
    for partition in
        select c.relname
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'delivery.attempts'::regclass and c.relname ~ '^attempts_\d{4}_\d{2}$'
          and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= now() - keep
        order by c.relname
    loop
        execute format('drop table delivery.%I', partition);
        dropped := dropped + 1;
    end loop;
    delete from delivery.attempts_default d where d.ctid = any(array(
        select o.ctid from delivery.attempts_default o where o.recorded_at < now() - keep limit 10000));
    return dropped;
end $$;

revoke all on function delivery.clear_attempts(interval, int, timestamptz, bigint), delivery.drop_attempts(interval) from public;
grant execute on function delivery.clear_attempts(interval, int, timestamptz, bigint), delivery.drop_attempts(interval) to alur_app;
