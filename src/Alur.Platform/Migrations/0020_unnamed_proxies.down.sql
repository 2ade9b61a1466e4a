drop table platform.unnamed_proxies;
