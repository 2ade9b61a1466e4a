-- Every device acknowledges for itself. Only what no device of the person has acknowledged is handed on: to a device that is new, and when a device is forgotten.
alter table realtime.websocket_message_queue add column acknowledged boolean not null default false; -- by another device
create index websocket_message_queue_user_id on realtime.websocket_message_queue (user_id);
