-- Which transaction left a message: tells a device whether it could see the message when it attached.
alter table realtime.websocket_message_queue add column sent_in xid8 not null default pg_current_xact_id(); -- the same in every row of a message
