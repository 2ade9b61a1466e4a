-- What a person last switched a hospital to, with what the configuration said at that moment. Who spoke last counts: a start that finds the configuration
-- saying something else than was kept here drops the row. What holds is mirrored in antrean.sites, which everything judges by.
create table antrean.site_modes (
    site_id              smallint primary key references antrean.sites (id),
    mode                 text not null check (mode in ('observe', 'send')),
    send_from            timestamptz,                 -- while observing: the start that was in force before
    configured_mode      text not null check (configured_mode in ('observe', 'send')),
    configured_send_from timestamptz,
    set_by               text not null,               -- user:ID, api-key:NAME or system
    set_at               timestamptz not null default now(),
    check (mode = 'observe' or send_from is not null)
);

grant select, insert, update, delete on antrean.site_modes to alur_app;
