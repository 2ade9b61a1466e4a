drop table platform.idempotency_keys;
