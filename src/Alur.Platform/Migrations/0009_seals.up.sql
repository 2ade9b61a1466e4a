-- Which keys have signed. What is here can be exchanged by whoever owns the database: a verifier is told the key's id by another way.
create table journal.seal_keys (
    id         text primary key check (id ~ '^[0-9a-f]{32}$'), -- first half of the SHA-256 of the public key
    public_key bytea not null,                                 -- SubjectPublicKeyInfo
    added_at   timestamptz not null default clock_timestamp()
);

-- Blocks of entries, chained by their hashes and signed: what was written can be shown to be unchanged, also without this database.
create table journal.seals (
    block          bigint primary key check (block > 0),
    first_position bigint not null,
    last_position  bigint not null,
    entries        int not null check (entries > 0),
    leaves         bytea not null,                             -- of each entry its position (8 bytes) and its SHA-256
    previous       bytea not null check (length(previous) = 32),
    hash           bytea not null unique check (length(hash) = 32),
    key_id         text not null references journal.seal_keys (id) on delete restrict,
    signature      bytea not null check (length(signature) = 64),
    sealed_at      timestamptz not null default clock_timestamp(),
    check (first_position <= last_position),
    check (length(leaves) = 40 * entries)
);

create trigger seal_keys_append_only before update or delete or truncate on journal.seal_keys
    for each statement execute function journal.refuse_change();
create trigger seals_append_only before update or delete or truncate on journal.seals
    for each statement execute function journal.refuse_change();

grant select, insert on journal.seal_keys to alur_app;
grant select on journal.seals to alur_app;
grant insert (block, first_position, last_position, entries, leaves, previous, hash, key_id, signature) on journal.seals to alur_app;
