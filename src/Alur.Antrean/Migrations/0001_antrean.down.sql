drop schema antrean cascade;
