-- Visits that are left out because Khanza has no readable date for them, until a poll finds it mended or the row gone: for the report and the doctor, which ask
-- no Khanza. Those older than the window are read by their number.
create table antrean.undated_visits (
    site_id       smallint not null references antrean.sites (id),
    visit_id      text collate "C" not null,
    day           date,                                -- that its booking, else its number names; null: neither does
    poli          text not null,                       -- names, or codes where Khanza has none
    dokter        text not null,
    first_seen_at timestamptz not null default now(),
    primary key (site_id, visit_id)
);

grant select, insert, update, delete on antrean.undated_visits to alur_app;
