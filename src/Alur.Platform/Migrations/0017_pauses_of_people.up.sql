-- Who paused a channel, and when: a pause that somebody ordered is no refusal, and one that is forgotten must be told. Null: the program paused it.
alter table delivery.channels
    add column paused_by text,
    add column paused_at timestamptz;
