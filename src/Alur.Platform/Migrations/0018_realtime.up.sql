-- Who is connected, what waits for them, what reached them, and what they are told. The names are those of the specification in small letters with underscores.
create schema realtime;
grant usage on schema realtime to alur_app;

-- One row per device of a person, kept over interruptions: the device names it when it comes back. People without an account have no row.
create table realtime.websocket_connections (
    id            uuid primary key,
    user_id       uuid not null references identity.users (id) on delete cascade,
    connection_id text not null check (length(connection_id) between 16 and 64),
    role          text not null constraint websocket_connections_role_check check (role in ('admin', 'client')), -- as it was when the device connected
    ip_address    text,
    user_agent    text,
    connected_at  timestamptz not null default now(),
    last_activity timestamptz not null default now(), -- written once a minute at most
    is_alive      boolean not null default true,
    rooms         text[] not null default '{}',       -- of websocket_room_memberships, by trigger
    session_id    uuid not null references identity.sessions (id) on delete cascade, -- what the device was signed in by
    node          text not null,                      -- which server holds the socket, or held it last
    attached      bigint not null default 1           -- counts the sockets that the device has had: an earlier one has nothing to say any more
) with (fillfactor = 70);

-- The specification lists connection_id twice; the unique index serves both.
create unique index websocket_connections_connection_id on realtime.websocket_connections (connection_id);
create index websocket_connections_user_id on realtime.websocket_connections (user_id);
create index websocket_connections_is_alive on realtime.websocket_connections (is_alive);
create index websocket_connections_role on realtime.websocket_connections (role);
create index websocket_connections_last_activity on realtime.websocket_connections (last_activity);
create index websocket_connections_alive_activity on realtime.websocket_connections (is_alive, last_activity desc) where is_alive = true;

-- Deliveries, one row per message and device it was sent to.
create table realtime.websocket_events (
    id            uuid not null,
    event_type    text not null,
    connection_id text not null references realtime.websocket_connections (connection_id) on delete cascade,
    room_id       text,
    payload       jsonb not null,
    created_at    timestamptz not null default now(),
    delivered_at  timestamptz,
    is_delivered  boolean not null default false,
    message_id    uuid not null,  -- the same for every device of one message
    constraint websocket_events_event_type_check check (event_type in (
        'project_update', 'payment_received', 'system_alert', 'admin_broadcast', 'connection_status', 'heartbeat')),
    constraint websocket_events_delivered_check check (is_delivered = (delivered_at is not null)),
    primary key (id, created_at)
) partition by range (created_at);

create index websocket_events_connection_id on realtime.websocket_events (connection_id);
create index websocket_events_created_at on realtime.websocket_events (created_at);
create index websocket_events_event_type on realtime.websocket_events (event_type);
create index websocket_events_room_id on realtime.websocket_events (room_id);
create index websocket_events_is_delivered on realtime.websocket_events (is_delivered);
create index websocket_events_undelivered on realtime.websocket_events (connection_id, created_at) where is_delivered = false;
create table realtime.websocket_events_default partition of realtime.websocket_events default;

-- What waits for a device until it acknowledges. A message for somebody who never had a device waits without one, for the first that comes.
create table realtime.websocket_message_queue (
    id            uuid primary key,
    connection_id text references realtime.websocket_connections (connection_id) on delete cascade,
    event_type    text not null,
    payload       jsonb not null,
    priority      int not null default 0, -- lower is more urgent: critical -20, high -10, medium 0, low 10
    created_at    timestamptz not null default now(),
    expires_at    timestamptz,
    attempts      int not null default 0 check (attempts >= 0),
    max_attempts  int not null default 5 check (max_attempts > 0),
    user_id       uuid not null references identity.users (id) on delete cascade,
    message_id    uuid not null,
    constraint websocket_message_queue_event_type_check check (event_type in (
        'project_update', 'payment_received', 'system_alert', 'admin_broadcast', 'connection_status', 'heartbeat'))
);

create index websocket_message_queue_connection_id on realtime.websocket_message_queue (connection_id);
create index websocket_message_queue_priority on realtime.websocket_message_queue (priority, created_at);
create index websocket_message_queue_expires_at on realtime.websocket_message_queue (expires_at);
create index websocket_message_queue_attempts on realtime.websocket_message_queue (attempts);
-- now() cannot stand in an index's condition: what has expired is left out by the query and taken away by the upkeep.
create index websocket_message_queue_due on realtime.websocket_message_queue (connection_id, priority, created_at, expires_at) where attempts < max_attempts;
create index websocket_message_queue_unbound on realtime.websocket_message_queue (user_id) where connection_id is null;
create unique index websocket_message_queue_once on realtime.websocket_message_queue (message_id, connection_id);

create table realtime.websocket_room_memberships (
    id            uuid primary key default gen_random_uuid(),
    connection_id text not null references realtime.websocket_connections (connection_id) on delete cascade,
    room_id       text not null check (length(room_id) between 1 and 200),
    joined_at     timestamptz not null default now()
);

create unique index websocket_room_memberships_connection_room on realtime.websocket_room_memberships (connection_id, room_id);
create index websocket_room_memberships_room_id on realtime.websocket_room_memberships (room_id);
create index websocket_room_memberships_connection_id on realtime.websocket_room_memberships (connection_id);

-- websocket_connections.rooms says the same in one place; it cannot differ.
create function realtime.sync_rooms() returns trigger language plpgsql as $$
begin
    update realtime.websocket_connections c set rooms = array(
        select m.room_id from realtime.websocket_room_memberships m where m.connection_id = c.connection_id order by m.room_id)
    where c.connection_id in (select t.connection_id from touched t);
    return null;
end $$;

create trigger joined after insert on realtime.websocket_room_memberships
    referencing new table as touched for each statement execute function realtime.sync_rooms();
create trigger left_room after delete on realtime.websocket_room_memberships
    referencing old table as touched for each statement execute function realtime.sync_rooms();

create table realtime.real_time_notifications (
    id         uuid primary key,
    user_id    uuid not null references identity.users (id) on delete cascade,
    type       text not null,
    title      text not null check (length(title) between 1 and 200),
    message    text not null check (length(message) between 1 and 2000),
    payload    jsonb,
    priority   text not null default 'medium',
    read       boolean not null default false,
    created_at timestamptz not null default now(),
    read_at    timestamptz,
    constraint real_time_notifications_type_check check (type in (
        'project_status_change', 'payment_received', 'system_announcement', 'admin_alert', 'deadline_reminder', 'new_feature')),
    constraint real_time_notifications_priority_check check (priority in ('low', 'medium', 'high', 'critical')),
    constraint real_time_notifications_read_check check (read = (read_at is not null))
);

create index real_time_notifications_user_id on realtime.real_time_notifications (user_id);
create index real_time_notifications_type on realtime.real_time_notifications (type);
create index real_time_notifications_priority on realtime.real_time_notifications (priority);
create index real_time_notifications_read on realtime.real_time_notifications (read);
create index real_time_notifications_created_at on realtime.real_time_notifications (created_at);
create index real_time_notifications_user_read on realtime.real_time_notifications (user_id, read);
create index real_time_notifications_priority_created_at on realtime.real_time_notifications (priority, created_at);
create index real_time_notifications_unread on realtime.real_time_notifications (user_id, created_at desc) where read = false;
create index real_time_notifications_urgent on realtime.real_time_notifications (user_id, priority, created_at desc) where priority in ('high', 'critical');

grant select, insert, update, delete on realtime.websocket_connections, realtime.websocket_message_queue, realtime.real_time_notifications to alur_app;
grant select, insert, delete on realtime.websocket_room_memberships to alur_app;
grant select, insert, update (delivered_at, is_delivered) on realtime.websocket_events to alur_app;

-- Makes the partitions of this and the next months, and drops months that are wholly past. Returns how many months it dropped.
create function realtime.keep_events(keep interval, months_ahead int default 2) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '2s' as $$
declare
    dropped int := 0;
    first timestamptz;
    partition text;
begin
    if now() - keep > now() - interval '1 month' then
        raise exception 'deliveries are kept for a month at least' using errcode = 'restrict_violation';
    end if;
    for first in
        select generate_series(date_trunc('month', now()), date_trunc('month', now()) + make_interval(months => least(greatest(months_ahead, 0), 24)), interval '1 month')
    loop
        partition := 'websocket_events_' || to_char(first, 'YYYY_MM');
        continue when to_regclass('realtime.' || partition) is not null;
        execute format('create table realtime.%I (like realtime.websocket_events including defaults including constraints)', partition);
        execute format(
            'with moved as (delete from realtime.websocket_events_default where created_at >= $1 and created_at < $1 + interval ''1 month'' returning *)
             insert into realtime.%I select * from moved', partition) using first;
        execute format(
            'alter table realtime.websocket_events attach partition realtime.%I for values from (%L) to (%L)', partition, first, first + interval '1 month');
    end loop;
    for partition in
        select c.relname
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'realtime.websocket_events'::regclass and c.relname ~ '^websocket_events_\d{4}_\d{2}$'
          and to_date(right(c.relname, 7), 'YYYY_MM')::timestamptz + interval '1 month' <= now() - keep
        order by c.relname
    loop
        execute format('drop table realtime.%I', partition);
        dropped := dropped + 1;
    end loop;
    delete from realtime.websocket_events_default d where d.ctid = any (array(
        select o.ctid from realtime.websocket_events_default o where o.created_at < now() - keep limit 10000));
    if not exists (select from realtime.websocket_events_default) and pg_relation_size('realtime.websocket_events_default') > 0 then
        truncate realtime.websocket_events_default; -- so that its size says that it is empty
    end if;
    return dropped;
end $$;

revoke all on function realtime.keep_events(interval, int) from public;
grant execute on function realtime.keep_events(interval, int) to alur_app;
select realtime.keep_events(interval '3 months');
