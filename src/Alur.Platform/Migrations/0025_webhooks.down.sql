-- What waits for receivers goes with them: nobody could send it.
delete from delivery.jobs where channel like 'hook:%';
delete from delivery.lanes where channel like 'hook:%';
delete from delivery.channels where name like 'hook:%';
delete from platform.breakers where name like 'hook:%';
delete from journal.consumers where name = 'webhooks';
drop table platform.webhook_endpoints;
