-- What is compared to find out whether the hospital's mappings and schedules are those that BPJS knows: BPJS's reference lists and HFIS schedules,
-- and Khanza's own masters, each list whole in one row, as it was last read. A cache: nothing hangs on it but what is shown.
create table antrean.reference_lists (
    site_id      smallint not null references antrean.sites (id),
    path         text collate "C" not null,       -- as BPJS is asked, such as ref/poli; khanza/… for the hospital's own
    kind         text not null check (kind in (
        'CLINICS', 'DOCTORS', 'SCHEDULE', 'KHANZA_CLINICS', 'KHANZA_DOCTORS', 'KHANZA_SLOTS')),
    kodepoli     text,                            -- of SCHEDULE: the clinic asked for
    day          date,                            -- of SCHEDULE: the day asked for
    rows         jsonb check (jsonb_typeof(rows) = 'array'), -- null: never read yet; kept when a later answer is no list
    fetched_at   timestamptz,                     -- engine time of the answer that gave the rows
    fetched_on   date,                            -- the hospital's day then, which begins at three in the morning: HFIS changes overnight
    asked_at     timestamptz,                     -- engine time of the latest attempt
    failure      text,                            -- why the latest attempt gave no rows; null after a good one
    again_at     timestamptz,                     -- not to be asked again before this; null: with the next day
    requested_at timestamptz,                     -- when somebody last wanted it anew
    primary key (site_id, path),
    check (num_nonnulls(rows, fetched_at, fetched_on) in (0, 3)),
    check (fetched_at is null or asked_at is not null),
    check (num_nonnulls(kodepoli, day) = case when kind = 'SCHEDULE' then 2 else 0 end)
);

-- Letters and figures decide, not case, titles' dots or blanks; Khanza's columns for names end after 40 or 50 characters.
create function antrean.is_same_name(hospitals text, bpjs text) returns boolean language sql immutable strict parallel safe
return case when length(hospitals) >= 40
    then starts_with(upper(regexp_replace(bpjs, '[^[:alnum:]]', '', 'g')), upper(regexp_replace(hospitals, '[^[:alnum:]]', '', 'g')))
    else upper(regexp_replace(bpjs, '[^[:alnum:]]', '', 'g')) = upper(regexp_replace(hospitals, '[^[:alnum:]]', '', 'g'))
end;

grant select, insert, update, delete on antrean.reference_lists to alur_app;
