-- The older server knows no such visits: they hold as without a schedule, and begin with their day.
update antrean.visits v set event_time = v.service_date::timestamp at time zone s.zone
from antrean.sites s where s.id = v.site_id and v.event_time is null;
alter table antrean.visits alter column event_time set not null;
comment on column antrean.visits.event_time is null;

update antrean.visits set blocked_reasons = array_replace(blocked_reasons, 'TIME_UNREADABLE', 'NO_SCHEDULE')
where 'TIME_UNREADABLE' = any(blocked_reasons);
update antrean.tasks set held_reason = 'NO_SCHEDULE' where held_reason = 'TIME_UNREADABLE';
alter table antrean.tasks drop constraint tasks_held_reason_check;
alter table antrean.tasks add constraint tasks_held_reason_check check (held_reason in (
    'CLINIC_UNMAPPED', 'DOCTOR_UNMAPPED', 'NO_SCHEDULE', 'NO_REFERENCE', 'QUOTA_MISSING', 'VISIT_NOT_READ',
    'REGISTER_NOT_SENT', 'PREDECESSOR_MISSING', 'PREDECESSOR_FAILED', 'TIME_NOT_LATER', 'TIME_WRONG_DAY',
    'TIME_IN_FUTURE', 'NEW_PATIENT_NEEDS_ADMISSION_TASKS', 'CLINIC_EXCLUDED', 'OUTSIDE_SEND_FROM', 'OBSERVE_MODE'));
