-- What notifications need beside their table: what somebody wants to be told, and by which ways; and what an admin told many at once.
create table realtime.broadcasts (
    id              uuid primary key,
    type            text not null check (type in ('system_announcement', 'admin_alert', 'new_feature')),
    title           text not null check (length(title) between 1 and 200),
    message         text not null check (length(message) between 1 and 2000),
    priority        text not null check (priority in ('low', 'medium', 'high', 'critical')),
    audience        text not null check (audience ~ '^(everybody|role:[a-z]+|grant:[a-z][a-z0-9-]*)$'),
    sent_by         text not null,                                            -- in the words of the audit: user:ID
    sent_at         timestamptz not null default now(),
    recipients      int not null default 0 check (recipients >= 0),           -- people whose list has it
    forgotten_reads int not null default 0 check (forgotten_reads >= 0)       -- of those that the upkeep took away, how many had been read
);

create index broadcasts_sent_at on realtime.broadcasts (sent_at desc, id desc);

alter table realtime.real_time_notifications add column broadcast_id uuid references realtime.broadcasts (id) on delete set null;
create index real_time_notifications_broadcast on realtime.real_time_notifications (broadcast_id) where broadcast_id is not null;
create index real_time_notifications_own on realtime.real_time_notifications (user_id, created_at desc, id desc); -- somebody's list, page by page

-- Who has no row for a type is told as the program has it.
create table realtime.notification_preferences (
    user_id    uuid not null references identity.users (id) on delete cascade,
    type       text not null check (type in (
        'project_status_change', 'payment_received', 'system_announcement', 'admin_alert', 'deadline_reminder', 'new_feature')),
    in_app     boolean not null,                                              -- of what is critical everybody is told
    email_from text check (email_from in ('low', 'medium', 'high', 'critical')), -- what is at least as urgent; null: nothing
    primary key (user_id, type)
);

grant select, insert, update, delete on realtime.broadcasts, realtime.notification_preferences to alur_app;
