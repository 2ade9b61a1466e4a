create schema antrean;

-- One row per hospital. Configuration is the truth and is mirrored here at start, so that SQL can join it.
create table antrean.sites (
    id             smallint generated always as identity primary key,
    code           text not null unique check (code ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
    name           text not null,
    zone           text not null,                     -- IANA name, such as Asia/Jakarta
    mode           text not null default 'observe' check (mode in ('observe', 'send')),
    send_from      timestamptz,
    profile        text,                              -- chosen task profile; null: none chosen, nothing is sent
    onsite_jkn     text not null default 'desktop' check (onsite_jkn in ('desktop', 'bridge')),
    last_poll_at   timestamptz,                       -- engine time of the last poll that finished
    last_poll_error text,                             -- of the last poll that broke off; null after a good one
    check (mode = 'observe' or (send_from is not null and profile is not null))
);

-- What can be told to BPJS, in order. Adding a task is a row.
create table antrean.task_catalogue (
    code        text primary key,
    label       text not null,
    bpjs_taskid int,                                  -- null: not an updatewaktu
    endpoint    text not null check (endpoint in ('antrean/add', 'antrean/updatewaktu', 'antrean/batal')),
    step        int not null unique,                  -- order within a visit; delivery.jobs.step
    depends_on  text references antrean.task_catalogue (code),
    enabled     boolean not null,
    check ((endpoint = 'antrean/updatewaktu') = (bpjs_taskid is not null))
);

insert into antrean.task_catalogue (code, label, bpjs_taskid, endpoint, step, depends_on, enabled) values
    ('1',  'REGISTER',          null, 'antrean/add',         10,  null, true),
    ('A1', 'ADMISSION_WAIT',    1,    'antrean/updatewaktu', 20,  '1',  false),
    ('A2', 'ADMISSION_SERVICE', 2,    'antrean/updatewaktu', 30,  'A1', false),
    ('3',  'CHECKIN',           3,    'antrean/updatewaktu', 40,  '1',  true),
    ('4',  'START',             4,    'antrean/updatewaktu', 50,  '3',  true),
    ('5',  'FINISH',            5,    'antrean/updatewaktu', 60,  '4',  true),
    ('6',  'PHARMACY_START',    6,    'antrean/updatewaktu', 70,  '5',  false),
    ('7',  'PHARMACY_FINISH',   7,    'antrean/updatewaktu', 80,  '6',  false),
    ('99', 'CANCEL',            null, 'antrean/batal',       990, '1',  false);

-- The visit as last read from Khanza: one row per visit, never one per event.
create table antrean.visits (
    id              bigint generated always as identity primary key,
    site_id         smallint not null references antrean.sites (id),
    visit_id        text collate "C" not null,        -- no_rawat; collated as delivery keys are, so that joins find its index
    kind            text not null check (kind in ('MOBILE_JKN', 'ONSITE_JKN', 'NON_JKN')),
    kodebooking     text not null,                    -- nobooking or no_rawat; fixed once REGISTER was accepted
    event_time      timestamptz not null,             -- tgl_registrasi + jam_reg in the site's zone
    service_date    date not null,                    -- business day at the hospital
    poli_id         text not null,                    -- kd_poli
    dokter_id       text not null,                    -- kd_dokter
    new_patient     boolean not null,                 -- pasienbaru = 1
    payload         jsonb not null default '{}',      -- what antrean/add needs, without the patient: kuota, estimasi, ...
    patient         jsonb not null default '{}',      -- nomorkartu, nik, nohp, norm: never shown, logged or exported
    blocked_reasons text[] not null default '{}',     -- why it cannot be registered; CLINIC_EXCLUDED first
    text_stripped  boolean not null default false,    -- Khanza's text held characters that jsonb cannot
    cancelled_reason text check (cancelled_reason in ('CANCELLED_IN_KHANZA', 'CANCELLED_AT_BPJS', 'GONE_FROM_KHANZA')),
    source_hash     bytea not null,                   -- of everything read for the visit; equal: nothing to write
    first_seen_at   timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    gone_at         timestamptz,                      -- when a poll first missed it
    unique (site_id, visit_id)
);

create index visits_day on antrean.visits (site_id, service_date, visit_id);

-- One row per (visit, task) that was observed; may exist before its visit was read (durable inbox), so no foreign key.
create table antrean.tasks (
    site_id          smallint not null references antrean.sites (id),
    visit_id         text collate "C" not null,
    task             text not null references antrean.task_catalogue (code),
    status           text not null default 'DRAFT' check (status in ('DRAFT', 'SENT_BPJS', 'FAILED_BPJS')),
    waktu            timestamptz not null,            -- the moment it happened: as observed, or as sent once sent
    waktu_khanza     timestamptz,                     -- what Khanza says now; null: no longer there
    source           text not null,                   -- the column it was read from, such as mutasi_berkas.dikirim
    first_seen_at    timestamptz not null,            -- when our poll first saw it
    held_reason      text check (held_reason in (
        'CLINIC_UNMAPPED', 'DOCTOR_UNMAPPED', 'NO_SCHEDULE', 'NO_REFERENCE', 'QUOTA_MISSING', 'VISIT_NOT_READ',
        'REGISTER_NOT_SENT', 'PREDECESSOR_MISSING', 'PREDECESSOR_FAILED', 'TIME_NOT_LATER', 'TIME_WRONG_DAY',
        'TIME_IN_FUTURE', 'NEW_PATIENT_NEEDS_ADMISSION_TASKS', 'CLINIC_EXCLUDED', 'OUTSIDE_SEND_FROM', 'OBSERVE_MODE')),
    cancelled_reason text check (cancelled_reason in ('CANCELLED_IN_KHANZA', 'CANCELLED_AT_BPJS', 'GONE_FROM_KHANZA')),
    queued_at        timestamptz,                     -- when the builder made its delivery job; null again when withdrawn
    already_there    boolean not null default false,  -- sent by somebody: answered 208, or found at BPJS
    sent_at          timestamptz,
    failed_reason    text,
    reopened_at      timestamptz,                     -- of REGISTER: BPJS had lost it and we took it back, which happens once
    primary key (site_id, visit_id, task),
    check (num_nonnulls(held_reason, cancelled_reason) <= 1),
    check (status = 'DRAFT' or num_nonnulls(held_reason, cancelled_reason) = 0),
    check ((status = 'SENT_BPJS') = (sent_at is not null)),
    check ((status = 'FAILED_BPJS') = (failed_reason is not null)),
    check (status = 'SENT_BPJS' or not already_there),
    check (queued_at is null or num_nonnulls(held_reason, cancelled_reason) = 0)
);

create index tasks_queued on antrean.tasks (site_id, visit_id) where status = 'DRAFT' and queued_at is not null;
create index tasks_inbox on antrean.tasks (site_id, visit_id) where held_reason = 'VISIT_NOT_READ';
create index tasks_failed on antrean.tasks (site_id, visit_id) where status = 'FAILED_BPJS';

-- Append-only; the journal takes it over when it exists.
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

create function antrean.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'antrean.task_history is append-only' using errcode = 'restrict_violation';
end $$;

create trigger task_history_append_only before update or delete or truncate on antrean.task_history
    for each statement execute function antrean.refuse_change();

-- Exactly the specified shape. status speaks of REGISTER only; "1" appears once REGISTER was queued.
create view antrean.visit_events as
select v.site_id,
       v.visit_id,
       v.event_time,
       case
           when cardinality(v.blocked_reasons) > 0 and coalesce(r.status, 'DRAFT') = 'DRAFT' then 'BLOCKED_BPJS'
           when r.status = 'SENT_BPJS' then 'SENT_BPJS'
           when r.status = 'FAILED_BPJS' then 'FAILED_BPJS'
           else 'READY_BPJS'
       end as status,
       v.poli_id,
       v.dokter_id,
       -- kuota and estimasi by the specification's names, beside what antrean/add calls them
       jsonb_strip_nulls(jsonb_build_object('kuota', v.payload -> 'kuotajkn', 'estimasi', v.payload -> 'estimasidilayani')) || v.payload as payload,
       coalesce(p.progress, '{}'::jsonb) as task_progress
from antrean.visits v
left join antrean.tasks r on r.site_id = v.site_id and r.visit_id = v.visit_id and r.task = '1'
left join lateral (
    select jsonb_object_agg(t.task, case t.status
               when 'SENT_BPJS' then jsonb_build_object('status', t.status, 'sentAt', to_char(t.sent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
               when 'FAILED_BPJS' then jsonb_build_object('status', t.status, 'failedReason', t.failed_reason)
               else jsonb_build_object('status', t.status)
           end) as progress
    from antrean.tasks t
    where t.site_id = v.site_id and t.visit_id = v.visit_id
      and (t.task <> '1' or t.status <> 'DRAFT' or t.queued_at is not null)
) p on true;

-- The queue in the specification's words: PENDING and SEND, with the states it does not name beside them.
create view antrean.bpjs_antrean_queue as
select j.id,
       s.id as site_id,
       j.key as visit_id,
       c.code as task_id,
       case j.state when 'SENT' then 'SEND' else j.state end as status,
       j.attempts,
       j.max_attempts,
       j.last_code,
       j.last_error,
       j.fingerprint,
       j.created_at,
       j.finished_at,
       j.state                                          -- the engine's own word, which its indexes know
from delivery.jobs j
join antrean.sites s on j.channel = 'bpjs:' || s.code
join antrean.task_catalogue c on c.step = j.step;

create view antrean.bpjs_antrean_logs as
select a.id,
       a.job_id as queue_id,
       q.site_id,
       q.visit_id,
       q.task_id,
       a.request as request_payload,
       a.response as response_payload,
       a.http_code,
       a.code,
       a.message,
       a.outcome,
       a.attempt,
       a.duration_ms,
       a.started_at,
       a.recorded_at
from delivery.attempts a
join antrean.bpjs_antrean_queue q on q.id = a.job_id;

grant usage on schema antrean to alur_app;
grant select, insert, update on antrean.sites, antrean.visits, antrean.tasks to alur_app;
grant select, update on antrean.task_catalogue to alur_app;
grant select, insert on antrean.task_history to alur_app;
grant select on antrean.visit_events, antrean.bpjs_antrean_queue, antrean.bpjs_antrean_logs to alur_app;
