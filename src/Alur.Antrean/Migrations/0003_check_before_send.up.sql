-- Of visits that began before check_before, BPJS may have been told what is not recorded here: by another sender before the site was switched on,
-- or by ourselves after the backup that was restored. They are looked up at BPJS before anything of them is sent.
alter table antrean.sites add column check_before timestamptz;

-- Which database the site was last mirrored into. Another one means that this is a copy, such as a restored backup.
alter table antrean.sites add column kept_in text;
update antrean.sites set kept_in = (select system_identifier from pg_control_system()) || '/' || (select oid from pg_database where datname = current_database());
