alter table delivery.channels drop column paused_by, drop column paused_at;
