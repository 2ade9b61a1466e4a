-- alur: no transaction
-- What was sent to one receiver, newest first. Small where there are none: nothing else is in it.
create index concurrently jobs_hooks on delivery.jobs (channel, id) where channel >= 'hook:' and channel < 'hook;';
