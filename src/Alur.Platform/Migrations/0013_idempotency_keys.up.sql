-- Requests that carried an Idempotency-Key, for a day. Neither the key nor the request nor the answer can be read here: the first two are digests, the
-- answer is encrypted with the key that only the caller has.
create table platform.idempotency_keys (
    id            bytea primary key check (length(id) = 32),       -- SHA-256 of caller and key: one key is one request of one caller
    request       bytea not null check (length(request) = 32),     -- HMAC with the key of method, address and body
    token         uuid not null,                                   -- of the request that holds it; fences off an earlier one
    running_until timestamptz not null,                            -- without an answer after that: nobody works on it any more
    status        smallint check (status between 200 and 299),
    answer        bytea,                                           -- AES-256-GCM
    expires_at    timestamptz not null,
    check ((status is null) = (answer is null))
);

create index idempotency_keys_expired on platform.idempotency_keys (expires_at);

grant select, insert, update, delete on platform.idempotency_keys to alur_app;
