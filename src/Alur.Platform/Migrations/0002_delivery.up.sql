create schema delivery;

-- A channel is one destination account, such as bpjs:default. It carries the gate and the limits over all nodes.
create table delivery.channels (
    name           text primary key check (name ~ '^[a-z][a-z0-9-]*(:[a-z0-9-]+)?$'),
    breaker        text references platform.breakers (name),
    max_concurrent int check (max_concurrent > 0),              -- lanes in flight over all nodes; null: no limit
    max_per_second double precision check (max_per_second > 0), -- calls started per second over all nodes; null: no limit
    tokens         double precision not null default 0,         -- token bucket of max_per_second, refilled at the claim
    tokens_at      timestamptz not null default now(),
    paused_until   timestamptz,                                 -- 'infinity': until somebody resumes it
    paused_reason  text,
    check ((paused_until is null) = (paused_reason is null))
);

-- Order per key is a row: whoever holds the lane may send, nobody else.
create table delivery.lanes (
    channel     text not null references delivery.channels (name),
    key         text collate "C" not null, -- locks are taken in this order everywhere
    state       text not null check (state in ('OPEN', 'PARKED', 'IDLE')),
    head_step   int not null,              -- no unfinished job has a smaller step
    due_at      timestamptz not null,      -- of a leased lane: when the lease runs out and the lane is due again
    lease_token uuid,                      -- the fence: only its holder settles
    primary key (channel, key),
    check (state = 'OPEN' or lease_token is null)
) with (fillfactor = 80);

-- Not deduplicated: lanes opened together share due_at, and a claim could not skip the dead ones among a list of equals.
create index lanes_due on delivery.lanes (channel, due_at) with (deduplicate_items = off) where state = 'OPEN';
create index lanes_leased on delivery.lanes (channel, lease_token) where lease_token is not null;

-- A job's life: PENDING > SENDING > SENT, or FAILED, or PENDING again; PENDING and FAILED > CANCELLED; FAILED and CANCELLED > PENDING.
-- Only a whole lane that is taken back leads out of SENT: to CANCELLED, because the destination lost what it had accepted.
create table delivery.jobs (
    id             bigint generated always as identity primary key,
    channel        text not null,
    key            text collate "C" not null,
    step           int not null check (step >= 0),
    payload        jsonb not null,
    state          text not null default 'PENDING'
                   check (state in ('PENDING', 'SENDING', 'SENT', 'FAILED', 'CANCELLED')),
    claims         int not null default 0,  -- leases taken; less those that settled or were given back without an attempt
    attempts       int not null default 0,  -- settled tries that counted
    max_attempts   int not null default 5 check (max_attempts > 0),
    outage         boolean not null default false, -- the last failure said "the other side is down", not "this call is wrong"
    last_code      text,
    last_error     text,
    fingerprint    text,                    -- of a FAILED job only: groups failures that mean the same
    correlation_id uuid,
    created_at     timestamptz not null default now(),
    finished_at    timestamptz,
    unique (channel, key, step),
    foreign key (channel, key) references delivery.lanes (channel, key),
    check (claims >= 0 and attempts >= 0),
    check ((state in ('SENT', 'FAILED', 'CANCELLED')) = (finished_at is not null)),
    check ((state = 'FAILED') = (fingerprint is not null))
) with (fillfactor = 70);

-- No index mentions state: a job changes it on every claim and settle, and those updates must stay within the page (HOT).
create index jobs_failed on delivery.jobs (channel, fingerprint) where fingerprint is not null;

-- A failed job parks its lane, so a lane has at most one.
create unique index jobs_failed_head on delivery.jobs (channel, key) where fingerprint is not null;

-- One row per call that really happened, kept even when the lease was lost meanwhile.
create table delivery.attempts (
    id          bigint generated always as identity,
    recorded_at timestamptz not null default now(),
    job_id      bigint not null,
    lease_token uuid not null,
    attempt     int not null,               -- which try this was, from 1; one that was given back has the number of the next
    outcome     text not null check (outcome in ('DELIVERED', 'RETRY_LATER', 'NOT_YET', 'REJECTED')),
    counted     boolean not null,           -- consumed one of max_attempts
    fenced_off  boolean not null,           -- the lease was lost before the result could be settled
    http_code   int,                        -- null: no HTTP answer came
    code        text,                       -- the destination's own code
    message     text,
    request     jsonb,                      -- redacted
    response    jsonb,                      -- redacted; a text that is not JSON is stored as a JSON string
    duration_ms int not null check (duration_ms >= 0),
    started_at  timestamptz not null,
    primary key (recorded_at, id)
) partition by range (recorded_at);

create table delivery.attempts_default partition of delivery.attempts default;
create index attempts_job on delivery.attempts (job_id);

-- Makes the partitions of this and the next months. Runs with the owner's rights: alur_app may not create tables.
create function delivery.ensure_partitions(months_ahead int default 2) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made int := 0;
    first date;
    partition text;
begin
    for i in 0 .. least(greatest(months_ahead, 0), 24) loop
        first := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))::date;
        partition := 'attempts_' || to_char(first, 'YYYY_MM');
        if to_regclass('delivery.' || partition) is null then
            execute format(
                'create table delivery.%I partition of delivery.attempts for values from (%L) to (%L)',
                partition,
                first::text || ' 00:00:00+00',
                (first + interval '1 month')::date::text || ' 00:00:00+00');
            made := made + 1;
        end if;
    end loop;
    return made;
end $$;

revoke all on function delivery.ensure_partitions(int) from public;
grant execute on function delivery.ensure_partitions(int) to alur_app;
grant usage on schema delivery to alur_app;
grant select, insert, update, delete on delivery.channels, delivery.lanes, delivery.jobs to alur_app;
grant select, insert on delivery.attempts to alur_app;
