drop table realtime.notification_preferences;
drop index realtime.real_time_notifications_own;
alter table realtime.real_time_notifications drop column broadcast_id;
drop table realtime.broadcasts;
