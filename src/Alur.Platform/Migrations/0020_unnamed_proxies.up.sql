-- Which node was sent X-Forwarded-For by an address that Web:Proxies does not name, and when last: another process, the doctor, wants to know.
create table platform.unnamed_proxies (
    node    text primary key,
    address text not null,
    seen_at timestamptz not null default now()
);

grant select, insert, update, delete on platform.unnamed_proxies to alur_app;
