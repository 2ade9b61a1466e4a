-- Who is told by HTTP of what happens. What waits for a receiver and every try are in delivery, channel hook:ID.
create table platform.webhook_endpoints (
    id              uuid primary key,
    url             text not null check (length(url) between 1 and 2000),
    description     text not null default '' check (length(description) <= 200),
    event_types     text[] not null check (cardinality(event_types) between 1 and 50 and array_position(event_types, null) is null), -- exact, or a beginning such as booking.*, or *
    is_active       boolean not null default true,
    off_because     text,                                 -- why the program switched it off; a person's reason is in the audit
    secret          bytea not null,                       -- encrypted with the key of second factors, which is not in the database
    old_secret      bytea,                                -- signs too until then
    old_until       timestamptz,
    version         int not null default 1,               -- grows with what people change
    created_by      text not null,
    created_at      timestamptz not null default now(),   -- what was recorded before is not told
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_failure    text,
    failing_since   timestamptz,                          -- the first failure since the last success
    check ((old_secret is null) = (old_until is null)),
    check (not is_active or off_because is null),
    check ((last_failure is null) = (last_failure_at is null))
);

grant select, insert, update, delete on platform.webhook_endpoints to alur_app;
