-- Browsers in which somebody has signed in to an account: each has tries of its own, so that those of strangers do not lock it out.
create table identity.known_devices (
    user_id      uuid not null references identity.users (id),
    hash         bytea not null check (length(hash) = 32), -- SHA-256 of what the browser keeps
    tries        int not null default 0 check (tries >= 0),
    locked_until timestamptz,
    last_at      timestamptz not null default now(),       -- signed in
    primary key (user_id, hash)
) with (fillfactor = 80);

create index known_devices_hash on identity.known_devices (hash);
create index known_devices_last_at on identity.known_devices (last_at);

grant select, insert, update, delete on identity.known_devices to alur_app;
