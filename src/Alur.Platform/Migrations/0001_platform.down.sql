drop table platform.api_keys;
drop table platform.breakers;
drop table platform.leases;
