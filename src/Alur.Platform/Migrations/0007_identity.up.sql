-- Accounts. A user is never deleted, because histories and the audit speak of users: accounts are disabled.
create schema identity;
grant usage on schema identity to alur_app;

create table identity.users (
    id         uuid primary key,
    email      text not null,
    password   text not null,             -- bcrypt; of an account whose link was not used yet, of something nobody knows
    name       text not null,
    phone      text,
    role       text not null default 'client',
    created_at timestamptz not null default now(),
    constraint users_email_format check (email ~ '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$'),
    constraint users_email_form check (email = lower(email) and length(email) <= 254), -- one person, one spelling
    constraint users_password_bcrypt check (password ~ '^\$2b\$[0-9]{2}\$[./A-Za-z0-9]{53}$'),
    constraint users_name_length check (length(name) between 1 and 100),
    constraint users_phone_format check (phone ~ '^\+?[0-9]{8,15}$'),
    constraint users_role check (role in ('admin', 'client'))
);

-- The specification lists every one of these; a scan of the third, backwards, would do for the fourth.
create unique index users_email on identity.users (email);
create index users_role on identity.users (role);
create index users_created_at on identity.users (created_at);
create index users_role_created_at on identity.users (role, created_at);
create index users_role_created_at_desc on identity.users (role, created_at desc);

-- What changes with every sign-in is kept apart from who somebody is.
create table identity.sign_ins (
    user_id        uuid primary key references identity.users (id),
    tries          int not null default 0 check (tries >= 0), -- since the last success; counted before a password is looked at
    locked_until   timestamptz,
    disabled_at    timestamptz,
    last_at        timestamptz,                               -- of the last success
    totp_secret    bytea check (length(totp_secret) = 20),
    totp_since     timestamptz,                               -- asked for from then on; null while a secret waits for its first code
    totp_last_step bigint,                                    -- a code is good once
    check (totp_since is null or totp_secret is not null)
);

-- What a user may do beyond the role; the names are the modules' own.
create table identity.user_grants (
    user_id    uuid not null references identity.users (id),
    name       text not null check (name ~ '^[a-z][a-z0-9-]{1,40}$'),
    granted_by text not null,
    granted_at timestamptz not null default now(),
    primary key (user_id, name)
);

-- One-time links by which somebody chooses a password. Only the SHA-256 of the secret in them is kept.
create table identity.setup_links (
    hash       bytea primary key check (length(hash) = 32),
    user_id    uuid references identity.users (id),           -- null: the link of the first start, which makes the first admin
    created_at timestamptz not null default now(),
    expires_at timestamptz not null check (expires_at > created_at),
    used_at    timestamptz
);
create index setup_links_user on identity.setup_links (user_id);
create unique index setup_links_first on identity.setup_links ((user_id is null)) where user_id is null;

-- Somebody signed in somewhere. Ending the session ends everything that was handed out under it, at once.
create table identity.sessions (
    id         uuid primary key,
    user_id    uuid not null references identity.users (id),
    kind       text not null check (kind in ('cookie', 'token')),
    started_at timestamptz not null default now(),
    expires_at timestamptz not null check (expires_at > started_at),
    ended_at   timestamptz,
    ended_by   text check (ended_by in ('sign-out', 'reset', 'disabled', 'reuse')),
    ip_address text,
    user_agent text,
    check ((ended_at is null) = (ended_by is null))
);
create index sessions_user on identity.sessions (user_id) where ended_at is null;
create index sessions_expires_at on identity.sessions (expires_at);

-- The secrets of a session: the cookie's one, or refresh tokens, each good once. Only the SHA-256 is kept.
create table identity.session_tokens (
    hash        bytea primary key check (length(hash) = 32),
    session_id  uuid not null references identity.sessions (id) on delete cascade,
    created_at  timestamptz not null default now(),
    replaced_at timestamptz                                    -- shown again after that, it was copied: the session ends
);
create index session_tokens_session on identity.session_tokens (session_id);

-- Public halves only. A private key never leaves the process that made it.
create table identity.signing_keys (
    kid          text primary key check (kid ~ '^[A-Za-z0-9_-]{43}$'),
    x            bytea not null check (length(x) = 32),
    y            bytea not null check (length(y) = 32),
    created_at   timestamptz not null default now(),
    verify_until timestamptz not null check (verify_until > created_at)
);
create index signing_keys_verify_until on identity.signing_keys (verify_until);

-- API keys get scopes: names of grants, or * for every grant there is, which is what a key was good for so far. No key has a role.
alter table platform.api_keys set schema identity;
alter table identity.api_keys add column scopes text[] not null default '{*}' check (cardinality(scopes) > 0 and array_position(scopes, null) is null);

-- Nodes of the release before look here until they are replaced.
create view platform.api_keys as select id, name, key_hash, created_at, revoked_at from identity.api_keys;
grant select, insert, update on platform.api_keys to alur_app;

grant select, insert, update on identity.users, identity.sign_ins, identity.setup_links to alur_app;
grant select, insert, delete on identity.user_grants to alur_app;
grant select, insert, update, delete on identity.sessions, identity.session_tokens to alur_app;
grant select, insert, delete on identity.signing_keys to alur_app;
