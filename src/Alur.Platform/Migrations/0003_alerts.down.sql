drop table platform.alerts;
