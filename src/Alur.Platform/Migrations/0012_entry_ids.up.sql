-- Names of the entries that a statement makes by itself: UUIDs of version 7, as the program gives them. They begin with the millisecond, so that new ones
-- lie together in their index.
create function journal.new_id() returns uuid language sql volatile parallel safe
return encode(set_bit(set_bit(overlay(
    uuid_send(gen_random_uuid()) placing substring(int8send((date_part('epoch', clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;
