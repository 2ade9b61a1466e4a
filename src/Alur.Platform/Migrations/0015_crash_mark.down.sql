drop table journal.crash_mark;
