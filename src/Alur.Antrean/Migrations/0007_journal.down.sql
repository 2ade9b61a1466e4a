-- The older program reads and writes a table: it gets everything, with the journal's positions as numbers, by which the way up knows again what is in the journal.
lock table journal.entries in share row exclusive mode;
alter view antrean.task_history rename to told;

create table antrean.task_history (
    id          bigint generated always as identity primary key,
    site_id     smallint not null,
    visit_id    text collate "C" not null,
    task        text not null,
    event       text not null check (event in (
        'OBSERVED', 'CORRECTED', 'HELD', 'RELEASED', 'QUEUED', 'WITHDRAWN', 'SENT', 'FAILED', 'REQUEUED', 'REOPENED', 'CANCELLED', 'RESTORED')),
    waktu       timestamptz,
    reason      text,                                 -- held or cancelled reason, or the answer's code and message
    actor       text not null default 'system',
    recorded_at timestamptz not null default now()
);

create index task_history_visit on antrean.task_history (site_id, visit_id, id);

insert into antrean.task_history (id, site_id, visit_id, task, event, waktu, reason, actor, recorded_at)
overriding system value
select id, site_id, visit_id, task, event, waktu, reason, actor, recorded_at from antrean.told order by id;

select setval('antrean.task_history_id_seq', max(id)) from antrean.task_history having max(id) is not null;

drop view antrean.told;
drop table antrean.entry_words;

create function antrean.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'antrean.task_history is append-only' using errcode = 'restrict_violation';
end $$;

create trigger task_history_append_only before update or delete or truncate on antrean.task_history
    for each statement execute function antrean.refuse_change();

grant select, insert on antrean.task_history to alur_app;
