-- A visit whose time of registration cannot be read has no event_time, and is held for that.
alter table antrean.visits alter column event_time drop not null;

comment on column antrean.visits.event_time is
    'tgl_registrasi + jam_reg; of a Mobile JKN booking the day and hour it is for; in the site''s zone; null: not readable';

alter table antrean.tasks drop constraint tasks_held_reason_check;
alter table antrean.tasks add constraint tasks_held_reason_check check (held_reason in (
    'CLINIC_UNMAPPED', 'DOCTOR_UNMAPPED', 'NO_SCHEDULE', 'NO_REFERENCE', 'QUOTA_MISSING', 'VISIT_NOT_READ',
    'REGISTER_NOT_SENT', 'PREDECESSOR_MISSING', 'PREDECESSOR_FAILED', 'TIME_NOT_LATER', 'TIME_WRONG_DAY',
    'TIME_IN_FUTURE', 'NEW_PATIENT_NEEDS_ADMISSION_TASKS', 'CLINIC_EXCLUDED', 'OUTSIDE_SEND_FROM', 'OBSERVE_MODE', 'TIME_UNREADABLE'));
