-- A consumer that tells others waits while they are away: nothing has failed, and people must see what it waits for.
alter table journal.consumers
    add column waits_since timestamptz,
    add column waits_for   text,
    add constraint consumers_waits_check check ((waits_since is null) = (waits_for is null) and (waits_since is null or state = 'RUNNING'));
