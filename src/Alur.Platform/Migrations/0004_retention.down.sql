drop function delivery.drop_attempts(interval);
drop function delivery.clear_attempts(interval, int, timestamptz, bigint);
