-- A Khanza as some hospitals have changed it: columns of their own in the middle of tables, one column per task, which their own triggers keep, and
-- keys that somebody dropped. Our own words; applied after schema.sql.
alter table reg_periksa
    add column lokasi varchar(30) not null default '' first,
    add column task_id_3 datetime, add column task_id_4 datetime, add column task_id_5 datetime, add column task_id_6 datetime, add column task_id_7 datetime;

alter table pasien add column catatan_rs varchar(100) first;

alter table referensi_mobilejkn_bpjs
    drop index no_rawat,
    add column taskid3 varchar(20) after nobooking, add column taskid4 varchar(20) after taskid3, add column taskid5 varchar(20) after taskid4;

alter table jadwal add column ruang varchar(20) first;

alter table mutasi_berkas add column petugas varchar(20) after no_rawat;

alter table pemeriksaan_ralan drop index nip;

alter table resep_obat drop index tgl_peresepan, drop index status;

create trigger fork_file_made after insert on mutasi_berkas for each row
    update reg_periksa set task_id_3 = new.dikirim, task_id_4 = new.diterima where no_rawat = new.no_rawat;

create trigger fork_file_changed after update on mutasi_berkas for each row
    update reg_periksa set task_id_3 = new.dikirim, task_id_4 = new.diterima where no_rawat = new.no_rawat;

create trigger fork_note_made after insert on pemeriksaan_ralan for each row
    update reg_periksa set task_id_5 = timestamp(new.tgl_perawatan, new.jam_rawat)
    where no_rawat = new.no_rawat and task_id_5 is null and new.jam_rawat between '00:00:00' and '23:59:59';
