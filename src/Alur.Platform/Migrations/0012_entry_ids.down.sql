drop function journal.new_id();
