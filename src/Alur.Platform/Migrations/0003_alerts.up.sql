-- What somebody should know of, from the check that found it to the check that no longer did.
create table platform.alerts (
    id         bigint generated always as identity primary key,
    name       text not null,                        -- stable, such as delivery.parked:bpjs:default
    text       text not null,                        -- what is wrong and what to do, as it was when it began
    raised_at  timestamptz not null default now(),
    cleared_at timestamptz,
    check (cleared_at >= raised_at)
);

-- One open alert per condition, whatever nodes look at once.
create unique index alerts_open on platform.alerts (name) where cleared_at is null;

grant select, insert, update on platform.alerts to alur_app;
