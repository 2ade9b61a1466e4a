drop table platform.told_alerts;
drop index platform.alerts_of_name;
