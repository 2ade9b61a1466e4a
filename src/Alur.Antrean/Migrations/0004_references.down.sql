drop function antrean.is_same_name;
drop table antrean.reference_lists;
