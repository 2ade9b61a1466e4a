-- What happened to tasks is told in the journal from now on (docs/journal.md). What antrean.task_history holds is carried over as it was recorded, each row as one
-- entry; a row that came out of the journal, because this was taken back once, is there already.
lock table antrean.task_history in access exclusive mode;

-- The words of others that an entry speaks of. Nothing can be taken out of the journal; from here it can.
create table antrean.entry_words (
    entry uuid primary key, -- journal.entries.id
    words text not null
);

grant select, insert on antrean.entry_words to alur_app;

create temporary table carried on commit drop as
select h.*, journal.new_id() as entry, 'antrean.visit:' || h.site_id || '/' || h.visit_id as stream_id,
       row_number() over (partition by h.site_id, h.visit_id order by h.id)::int as place,
       -- What is our own: the reasons of a closed set, the code by which BPJS has it, and the sentences that the program writes.
       case when h.event not in ('FAILED', 'REOPENED') and h.reason ~ '^([A-Z_]+|[0-9]{1,3})( BPJS holds another moment)?$' or h.reason in (
           'registration data changed in Khanza', 'differs from BPJS', 'no longer in Khanza', 'corrected in Khanza meanwhile',
           'BPJS holds another moment of a step before', 'found at BPJS after a call without an answer',
           'found at BPJS, registered by the hospital''s desktop') then h.reason end as ours
from antrean.task_history h
where not exists (
    select from journal.entries e
    where e.position = h.id and e.stream_id = 'antrean.visit:' || h.site_id || '/' || h.visit_id and e.recorded_at = h.recorded_at
      and e.type = 'antrean.TASK_' || h.event);

with moved as (
    insert into journal.streams as s (stream_id, kind, version)
    select c.stream_id, 'antrean.visit', max(c.place) from carried c group by c.stream_id order by c.stream_id
    on conflict (stream_id) do update set version = s.version + excluded.version
    returning s.stream_id, s.version
), counted as (
    select c.stream_id, max(c.place) as entries from carried c group by c.stream_id
)
insert into journal.entries (id, stream_id, version, type, schema_version, metadata, performed_by, actor_kind, performed_at, recorded_at)
select c.entry, c.stream_id, m.version - n.entries + c.place, 'antrean.TASK_' || c.event, 1,
       jsonb_strip_nulls(jsonb_build_object(
           'task', c.task, 'waktu', to_char(c.waktu at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'reason', c.ours)),
       case when c.actor = 'system' then 'antrean' when c.actor like 'user:%' then substr(c.actor, 6) when c.actor like 'api-key:%' then substr(c.actor, 9) else c.actor end,
       case when c.actor like 'user:%' then 'USER' when c.actor like 'api-key:%' then 'API_KEY' else 'SYSTEM' end,
       c.recorded_at, c.recorded_at
from carried c
join moved m using (stream_id)
join counted n using (stream_id)
order by c.id;

insert into antrean.entry_words (entry, words)
select c.entry, c.reason from carried c where c.reason is not null and c.ours is null
union all
select e.id, h.reason
from antrean.task_history h
join journal.entries e on e.position = h.id and e.stream_id = 'antrean.visit:' || h.site_id || '/' || h.visit_id and e.recorded_at = h.recorded_at
     and e.type = 'antrean.TASK_' || h.event
where h.reason is not null and h.reason is distinct from e.metadata ->> 'reason' and not exists (select from carried c where c.entry = e.id);

drop table antrean.task_history;
drop function antrean.refuse_change();

-- The same rows as before, for people who look with SQL. The program reads a visit's stream.
create view antrean.task_history as
select e.position as id,
       split_part(substr(e.stream_id, length('antrean.visit:') + 1), '/', 1)::smallint as site_id,
       substr(e.stream_id, strpos(e.stream_id, '/') + 1) as visit_id,
       e.metadata ->> 'task' as task,
       substr(e.type, length('antrean.TASK_') + 1) as event,
       (e.metadata ->> 'waktu')::timestamptz as waktu,
       coalesce(w.words, e.metadata ->> 'reason') as reason,
       case e.actor_kind when 'USER' then 'user:' || e.performed_by when 'API_KEY' then 'api-key:' || e.performed_by
            else case e.performed_by when 'antrean' then 'system' else e.performed_by end end as actor,
       e.recorded_at
from journal.entries e
left join antrean.entry_words w on w.entry = e.id
where starts_with(e.type, 'antrean.TASK_');

grant select on antrean.task_history to alur_app;
