-- The older program goes by its configuration again, from its start on.
drop table antrean.site_modes;
