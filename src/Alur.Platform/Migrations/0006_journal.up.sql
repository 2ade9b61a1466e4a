create schema journal;

-- What may be written, mirrored from the code when a server starts. A row never changes: another schema is another version.
create table journal.event_types (
    name           text not null check (name ~ '^[A-Za-z][A-Za-z0-9_.]*$'),
    schema_version int not null check (schema_version > 0),
    module         text not null,
    schema         jsonb not null,           -- JSON schema of the metadata
    registered_at  timestamptz not null default now(),
    primary key (name, schema_version)
);

-- One row per thing that has a history. Whoever appends locks it until the commit: within a stream, positions ascend with versions.
create table journal.streams (
    stream_id  text collate "C" primary key, -- kind:key; locks are taken in this order everywhere
    kind       text not null,
    subject_id text collate "C",             -- whom it is about; never a name or a number that people use
    version    int not null check (version >= 0),
    check (starts_with(stream_id, kind || ':'))
) with (fillfactor = 80);

create index streams_subject on journal.streams (subject_id) where subject_id is not null;

-- Event types are not referenced: every append would share-lock the same few rows. The registry in the code refuses what is not registered.
create table journal.entries (
    position       bigint generated always as identity (cache 1) primary key, -- taken before the commit: read it behind the tail's horizon
    id             uuid not null unique,
    stream_id      text collate "C" not null references journal.streams (stream_id) on delete restrict,
    version        int not null check (version > 0),
    type           text not null,
    schema_version int not null check (schema_version > 0),
    description    text,
    metadata       jsonb,
    performed_by   text,                     -- user, key or part of the program
    actor_kind     text not null check (actor_kind in ('USER', 'API_KEY', 'SYSTEM')),
    performed_at   timestamptz not null,     -- when it happened, as whoever saw it says
    recorded_at    timestamptz not null default clock_timestamp(),
    correlation_id uuid,
    corrects       int,                      -- version, in the same stream, of the entry that was wrong
    unique (stream_id, version),
    foreign key (stream_id, corrects) references journal.entries (stream_id, version) on delete restrict,
    check (corrects < version),
    check (corrects is null or coalesce(description, '') <> '') -- a correction says why
);

create index entries_timeline on journal.entries (stream_id, performed_at, position);
create index entries_type on journal.entries (type, performed_at);
create index entries_corrected on journal.entries (stream_id, corrects) where corrects is not null;

-- A command that comes again is answered with what it did the first time.
create table journal.commands (
    id          text collate "C" primary key check (length(id) between 1 and 200),
    digest      bytea not null check (length(digest) = 32), -- SHA-256 of what was asked
    entries     uuid[] not null,
    recorded_at timestamptz not null default clock_timestamp()
);

-- Readers that build something of the journal and must miss nothing. Their effects commit together with the position.
create table journal.consumers (
    name            text primary key check (name ~ '^[a-z][a-z0-9.-]*$'),
    state           text not null default 'RUNNING' check (state in ('RUNNING', 'PAUSED', 'FAILED')),
    position        bigint not null default 0 check (position >= 0), -- everything up to here has been handled
    failed_position bigint,                                          -- of the entry that could not be handled
    error           text,
    changed_at      timestamptz not null default now(),              -- of the state
    advanced_at     timestamptz,                                     -- of the position
    check ((state = 'FAILED') = (failed_position is not null)),
    check ((state = 'FAILED') = (error is not null))
);

create function journal.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'journal.% is append-only: correct it by another entry', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger entries_append_only before update or delete or truncate on journal.entries
    for each statement execute function journal.refuse_change();
create trigger commands_append_only before update or delete or truncate on journal.commands
    for each statement execute function journal.refuse_change();
create trigger event_types_append_only before update or delete or truncate on journal.event_types
    for each statement execute function journal.refuse_change();
create trigger streams_stay before delete or truncate on journal.streams
    for each statement execute function journal.refuse_change();

grant usage on schema journal to alur_app;
grant select, insert on journal.event_types, journal.commands to alur_app;
grant select, insert, update on journal.consumers to alur_app;
grant select, insert, update (version) on journal.streams to alur_app;
grant select on journal.entries, journal.entries_position_seq to alur_app;
-- Neither the position nor the moment of recording can be chosen.
grant insert (id, stream_id, version, type, schema_version, description, metadata, performed_by, actor_kind, performed_at, correlation_id, corrects)
    on journal.entries to alur_app;
