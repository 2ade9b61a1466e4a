alter table realtime.websocket_message_queue drop column sent_in;
