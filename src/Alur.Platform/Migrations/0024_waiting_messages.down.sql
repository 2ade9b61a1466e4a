drop index realtime.websocket_message_queue_user_id;
alter table realtime.websocket_message_queue drop column acknowledged;
