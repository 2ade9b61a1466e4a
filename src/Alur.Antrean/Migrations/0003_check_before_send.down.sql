alter table antrean.sites drop column kept_in;
alter table antrean.sites drop column check_before;
