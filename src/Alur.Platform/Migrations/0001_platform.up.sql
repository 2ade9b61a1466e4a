-- Leases: one mechanism for everything that must run once over all nodes. The clock is the database's.
create table platform.leases (
    name   text primary key,
    holder text not null,
    epoch  bigint not null,              -- grows with every change of holder: effects commit "where epoch = @mine"
    until  timestamptz not null
);

-- Circuit breakers, shared by all nodes. State, counters and time stamps agree by constraint.
create table platform.breakers (
    name                  text primary key,
    state                 text not null default 'CLOSED' check (state in ('CLOSED', 'OPEN', 'HALF_OPEN')),
    consecutive_failures  int not null default 0 check (consecutive_failures >= 0),
    consecutive_successes int not null default 0 check (consecutive_successes >= 0),
    failures_to_open      int not null default 5 check (failures_to_open > 0),
    successes_to_close    int not null default 2 check (successes_to_close > 0),
    open_for              interval not null default '60 seconds' check (open_for > interval '0'),
    epoch                 bigint not null default 0,  -- grows with every change of state: results of an older epoch do not count
    opened_at             timestamptz,
    retry_at              timestamptz,
    probe_token           uuid,                       -- the one job that may go through in HALF_OPEN
    probe_until           timestamptz,
    last_error            text,
    changed_at            timestamptz not null default now(),
    check ((state = 'OPEN') = (retry_at is not null)),
    check ((state = 'CLOSED') = (opened_at is null)),
    check (state = 'HALF_OPEN' or probe_token is null),
    check ((probe_token is null) = (probe_until is null))
);

-- Keys for callers of the API until accounts exist. Only a SHA-256 of the key is kept.
create table platform.api_keys (
    id         bigint generated always as identity primary key,
    name       text not null unique,
    key_hash   bytea not null unique check (length(key_hash) = 32),
    created_at timestamptz not null default now(),
    revoked_at timestamptz
);

grant select, insert, update, delete on platform.leases, platform.breakers to alur_app;
grant select, insert, update on platform.api_keys to alur_app;
