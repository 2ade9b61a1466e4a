-- Lost when PostgreSQL crashes, and only then: an unlogged table is empty after that and whole after an orderly stop. Whoever keeps in memory what the journal's
-- sequence said can tell by another mark that places may be given out again.
create unlogged table journal.crash_mark (
    only_one boolean primary key default true check (only_one),
    mark uuid not null default gen_random_uuid()
);
grant select, insert on journal.crash_mark to alur_app;
