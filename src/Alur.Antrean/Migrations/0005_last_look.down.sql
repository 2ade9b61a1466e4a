alter table antrean.sites drop column last_look_at;
