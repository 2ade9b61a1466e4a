alter table journal.consumers
    drop constraint consumers_waits_check,
    drop column waits_since,
    drop column waits_for;
