-- What the server's role could still do to what is only ever added to.

-- The moment of an audit entry is the database's, or an entry could be backdated.
revoke insert on audit.audit_logs from alur_app;
grant insert (id, user_id, action, resource, resource_id, old_values, new_values, ip_address, user_agent, performed_by, actor_role, retention)
    on audit.audit_logs to alur_app;

-- A stream's version is how many entries it has. Looked at after the statement, because one statement moves the streams and writes the entries. Only for the
-- server's role: the owner, who repairs, could switch this off anyway.
create function journal.check_begun() returns trigger language plpgsql as $$
begin
    if exists (select from now_there n
               where n.version <> (select count(*) from journal.entries e where e.stream_id = n.stream_id)) then
        raise exception 'a stream begins with the entries that its version counts' using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

create function journal.check_moved() returns trigger language plpgsql as $$
begin
    if exists (select from now_there n
               join before b on b.stream_id = n.stream_id
               where n.version < b.version
                  or n.version - b.version <> (select count(*) from journal.entries e
                                               where e.stream_id = n.stream_id and e.version > b.version and e.version <= n.version)) then
        raise exception 'a stream moves by the entries that are appended to it' using errcode = 'restrict_violation';
    end if;
    return null;
end $$;

create trigger streams_begin_with_entries after insert on journal.streams referencing new table as now_there
    for each statement when (current_user = 'alur_app') execute function journal.check_begun();
create trigger streams_move_by_entries after update on journal.streams referencing old table as before new table as now_there
    for each statement when (current_user = 'alur_app') execute function journal.check_moved();

-- A block follows the last one: its number, its previous hash, its positions, which are those of entries that are there, and its own hash. Only the key outside
-- the database can sign it; a signature is looked at by whoever verifies.
create function journal.check_block() returns trigger language plpgsql as $$
declare
    last record;
begin
    select s.block, s.hash, s.last_position into last from journal.seals s order by s.block desc limit 1;
    if new.block <> coalesce(last.block, 0) + 1
       or new.previous <> coalesce(last.hash, decode(repeat('00', 32), 'hex'))
       or new.first_position <= coalesce(last.last_position, 0)
       or new.first_position <> ('x' || encode(substring(new.leaves from 1 for 8), 'hex'))::bit(64)::bigint
       or new.last_position <> ('x' || encode(substring(new.leaves from length(new.leaves) - 39 for 8), 'hex'))::bit(64)::bigint
       or new.entries <> (select count(*) from journal.entries e where e.position > coalesce(last.last_position, 0) and e.position <= new.last_position)
       or not exists (select from journal.entries e where e.position = new.last_position)
       or new.hash <> sha256(convert_to(E'alur journal block 1\n', 'UTF8') || int8send(new.block) || new.previous || new.leaves) then
        raise exception 'a block seals what follows the last one' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create trigger seals_follow before insert on journal.seals for each row execute function journal.check_block();
