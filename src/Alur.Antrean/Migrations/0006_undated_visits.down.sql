drop table antrean.undated_visits;
