drop trigger seals_follow on journal.seals;
drop trigger streams_move_by_entries on journal.streams;
drop trigger streams_begin_with_entries on journal.streams;
drop function journal.check_block(), journal.check_moved(), journal.check_begun();
revoke insert on audit.audit_logs from alur_app;
grant insert on audit.audit_logs to alur_app;
