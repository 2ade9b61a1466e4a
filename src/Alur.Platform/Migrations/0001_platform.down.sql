drop table platform.api_keys;
drop table platform.breakers;
drop table platform.leases;
revoke usage on schema platform from alur_app;
