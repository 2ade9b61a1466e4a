-- What people were told of: of trouble that comes and goes once that it began, however often platform.alerts has it. Who is told by which way is the program's.
create table platform.told_alerts (
    alert_id         bigint primary key references platform.alerts (id), -- with which it began
    name             text not null,
    comes_back       boolean not null,                     -- within an hour of an end that was told: of its own end is told after an hour without it
    told_at          timestamptz not null default now(),   -- by the ways of Alerts
    notified_at      timestamptz,                          -- in the lists of people; null: not yet
    over_at          timestamptz,                          -- since when it is over, once that is told; null: it lasts, for all that people know
    over_notified_at timestamptz,
    check (over_notified_at is null or (over_at is not null and notified_at is not null))
);

create unique index told_alerts_open on platform.told_alerts (name) where over_at is null;
create index told_alerts_of_name on platform.told_alerts (name, over_at);
create index told_alerts_to_notify on platform.told_alerts (alert_id) where notified_at is null or (over_at is not null and over_notified_at is null);
create index alerts_of_name on platform.alerts (name, cleared_at);

insert into platform.told_alerts (alert_id, name, comes_back, told_at, notified_at)
select id, name, false, raised_at, raised_at from platform.alerts where cleared_at is null;

grant select, insert, update on platform.told_alerts to alur_app;
