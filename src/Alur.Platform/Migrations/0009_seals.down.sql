drop table journal.seals;
drop table journal.seal_keys;
