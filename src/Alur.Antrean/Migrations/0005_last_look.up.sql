-- Engine time of the last look at BPJS for calls without an answer that was not broken off; null: never looked.
alter table antrean.sites add column last_look_at timestamptz;
