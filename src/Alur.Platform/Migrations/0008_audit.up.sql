-- Who did what, and to what: never changed, forgotten only by its class.
create schema audit;

create table audit.audit_logs (
    id           uuid not null,
    user_id      uuid references identity.users (id) on delete set null, -- whose account; null for API keys and the system
    action       text not null constraint audit_logs_action check (action in (
                     'CREATE', 'UPDATE', 'DELETE', 'LOGIN', 'LOGOUT', 'VIEW',
                     'PAYMENT_INIT', 'PAYMENT_SUCCESS', 'PAYMENT_FAILED', 'EXPORT', 'IMPORT', 'ROLE_CHANGE')),
    resource     text not null check (resource ~ '^[a-z][a-z0-9_]{0,62}$'),
    resource_id  text,
    old_values   jsonb,                              -- redacted
    new_values   jsonb,                              -- redacted
    ip_address   text,
    user_agent   text,
    timestamp    timestamptz not null default now(),
    performed_by text not null check (performed_by <> ''), -- user:ID, api-key:NAME, system: stays when the account goes
    actor_role   text,                               -- as it was then
    retention    text not null check (retention in ('general', 'medical')),
    primary key (id, timestamp)
) partition by range (timestamp);

create index audit_logs_user on audit.audit_logs (user_id);
create index audit_logs_action on audit.audit_logs (action);
create index audit_logs_resource on audit.audit_logs (resource);
create index audit_logs_timestamp on audit.audit_logs (timestamp);
create index audit_logs_resource_id on audit.audit_logs (resource, resource_id);
create index audit_logs_timestamp_action on audit.audit_logs (timestamp, action);
create index audit_logs_user_timestamp on audit.audit_logs (user_id, timestamp);
create index audit_logs_user_action on audit.audit_logs (user_id, action, timestamp desc);
create index audit_logs_resource_timestamp on audit.audit_logs (resource, timestamp desc);

create table audit.audit_logs_default partition of audit.audit_logs default;

-- By row, so that it holds for the partitions too. The one change that is let through is the account's reference going with the account.
create function audit.refuse_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.user_id is null and to_jsonb(new) - 'user_id' = to_jsonb(old) - 'user_id' then
        return new;
    end if;
    raise exception 'audit.audit_logs is append-only' using errcode = 'restrict_violation';
end $$;

create function audit.refuse_truncate() returns trigger language plpgsql as $$
begin
    raise exception 'audit.audit_logs is append-only' using errcode = 'restrict_violation';
end $$;

create trigger audit_logs_append_only before update or delete on audit.audit_logs for each row execute function audit.refuse_change();
create trigger audit_logs_no_truncate before truncate on audit.audit_logs for each statement execute function audit.refuse_truncate();

-- Makes the partitions of this and the next months, and moves there what fell into the default one meanwhile.
create function audit.ensure_partitions(months_ahead int default 2) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    made int := 0;
    oldest timestamptz := least(now(), (select min(timestamp) from audit.audit_logs_default));
    first timestamptz;
    partition text;
begin
    for first in
        select generate_series(
            date_trunc('month', oldest), date_trunc('month', now()) + make_interval(months => least(greatest(months_ahead, 0), 24)), interval '1 month')
    loop
        partition := 'audit_logs_' || to_char(first, 'YYYY_MM');
        continue when to_regclass('audit.' || partition) is not null;
        execute format('create table audit.%I (like audit.audit_logs including defaults including constraints)', partition);
        if exists (select from audit.audit_logs_default where timestamp >= first and timestamp < first + interval '1 month') then
            alter table audit.audit_logs_default disable trigger user;
            execute format(
                'with moved as (delete from audit.audit_logs_default where timestamp >= $1 and timestamp < $1 + interval ''1 month'' returning *)
                 insert into audit.%I select * from moved', partition) using first;
            alter table audit.audit_logs_default enable trigger user;
            if not exists (select from audit.audit_logs_default) then
                truncate audit.audit_logs_default; -- so that its size says that it is empty
            end if;
        end if;
        execute format(
            'alter table audit.audit_logs attach partition audit.%I for values from (%L) to (%L)', partition, first, first + interval '1 month');
        made := made + 1;
    end loop;
    return made;
end $$;

-- Forgets months that are wholly past: all of a month at once, or its general entries while medical ones must stay. It refuses to take what is young,
-- and waits only briefly for the table.
create function audit.forget(general interval, medical interval, out months int, out entries bigint)
    language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '2s' as $$
declare
    part record;
    has_medical boolean;
    gone bigint;
begin
    if general < interval '1 year' or medical < interval '25 years' then
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

revoke all on function audit.ensure_partitions(int), audit.forget(interval, interval) from public;
grant execute on function audit.ensure_partitions(int), audit.forget(interval, interval) to alur_app;
grant usage on schema audit to alur_app;
grant select, insert on audit.audit_logs to alur_app;

-- A command may write before the server ever ran.
select audit.ensure_partitions();
