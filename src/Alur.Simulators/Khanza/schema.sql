-- The part of a SIMRS Khanza database that the bridge reads or that a simulated day writes.
-- Written by hand from facts about names, types, keys and cascades; columns nobody here uses are left out, and so are
-- foreign keys to tables that are left out. One statement ends at a semicolon at the end of a line.

create table penjab (
    kd_pj      char(3) not null,
    png_jawab  varchar(30) not null,
    status     enum('0','1') not null default '1',
    primary key (kd_pj)
) engine = InnoDB default charset = latin1;

create table poliklinik (
    kd_poli char(5) not null default '',
    nm_poli varchar(50),
    status  enum('0','1') not null default '1',
    primary key (kd_poli),
    key (nm_poli)
) engine = InnoDB default charset = latin1;

create table dokter (
    kd_dokter varchar(20) not null,
    nm_dokter varchar(50),
    status    enum('0','1') not null default '1',
    primary key (kd_dokter),
    key (nm_dokter)
) engine = InnoDB default charset = latin1;

-- Nurses and clerks; a note in pemeriksaan_ralan whose nip is found here is a nurse's.
create table petugas (
    nip    varchar(20) not null,
    nama   varchar(50),
    status enum('0','1'),
    primary key (nip)
) engine = InnoDB default charset = latin1;

create table pasien (
    no_rkm_medis varchar(15) not null,
    nm_pasien    varchar(40),
    no_ktp       varchar(20),
    jk           enum('L','P'),
    tgl_lahir    date,
    tgl_daftar   date,
    no_tlp       varchar(40),
    kd_pj        char(3) not null,
    no_peserta   varchar(25),
    primary key (no_rkm_medis),
    key (kd_pj),
    key (nm_pasien),
    key (no_ktp),
    key (no_peserta),
    constraint pasien_penjab foreign key (kd_pj) references penjab (kd_pj) on update cascade
) engine = InnoDB default charset = latin1;

create table jadwal (
    kd_dokter   varchar(20) not null,
    hari_kerja  enum('SENIN','SELASA','RABU','KAMIS','JUMAT','SABTU','AKHAD') not null default 'SENIN',
    jam_mulai   time not null default '00:00:00',
    jam_selesai time,
    kd_poli     char(5),
    kuota       int(11),
    primary key (kd_dokter, hari_kerja, jam_mulai),
    key (kd_dokter),
    key (kd_poli),
    key (jam_mulai),
    key (jam_selesai),
    constraint jadwal_dokter foreign key (kd_dokter) references dokter (kd_dokter) on delete cascade on update cascade,
    constraint jadwal_poliklinik foreign key (kd_poli) references poliklinik (kd_poli) on update cascade
) engine = InnoDB default charset = latin1;

create table maping_poli_bpjs (
    kd_poli_rs   varchar(5) not null,
    kd_poli_bpjs varchar(15) not null,
    nm_poli_bpjs varchar(40) not null,
    primary key (kd_poli_rs),
    unique key (kd_poli_bpjs),
    constraint maping_poli_poliklinik foreign key (kd_poli_rs) references poliklinik (kd_poli) on delete cascade on update cascade
) engine = InnoDB default charset = latin1;

create table maping_dokter_dpjpvclaim (
    kd_dokter      varchar(20) not null,
    kd_dokter_bpjs varchar(20),
    nm_dokter_bpjs varchar(50),
    primary key (kd_dokter),
    constraint maping_dokter_dokter foreign key (kd_dokter) references dokter (kd_dokter) on delete cascade on update cascade
) engine = InnoDB default charset = latin1;

-- No index on tgl_registrasi, as in the real thing: the way in by date is a range of no_rawat.
create table reg_periksa (
    no_reg         varchar(8),
    no_rawat       varchar(17) not null,
    tgl_registrasi date,
    jam_reg        time,
    kd_dokter      varchar(20),
    no_rkm_medis   varchar(15),
    kd_poli        char(5),
    p_jawab        varchar(100),
    stts           enum('Belum','Sudah','Batal','Berkas Diterima','Dirujuk','Meninggal','Dirawat','Pulang Paksa'),
    stts_daftar    enum('-','Lama','Baru') not null,
    status_lanjut  enum('Ralan','Ranap') not null,
    kd_pj          char(3) not null,
    status_bayar   enum('Sudah Bayar','Belum Bayar') not null default 'Belum Bayar',
    status_poli    enum('Lama','Baru') not null default 'Lama',
    primary key (no_rawat),
    key (no_rkm_medis),
    key (kd_poli),
    key (kd_pj),
    key (status_lanjut),
    key (kd_dokter),
    key (status_bayar),
    constraint reg_periksa_poliklinik foreign key (kd_poli) references poliklinik (kd_poli) on delete cascade on update cascade,
    constraint reg_periksa_dokter foreign key (kd_dokter) references dokter (kd_dokter) on delete cascade on update cascade,
    constraint reg_periksa_penjab foreign key (kd_pj) references penjab (kd_pj) on update cascade,
    constraint reg_periksa_pasien foreign key (no_rkm_medis) references pasien (no_rkm_medis) on update cascade
) engine = InnoDB default charset = latin1;

-- A booking outlives its visit (cancelling deletes reg_periksa), so no_rawat is unique but references nothing.
create table referensi_mobilejkn_bpjs (
    nobooking        varchar(15) not null,
    no_rawat         varchar(17),
    nomorkartu       varchar(25),
    nik              varchar(30),
    nohp             varchar(15),
    kodepoli         varchar(15),
    pasienbaru       enum('0','1'),
    norm             varchar(15),
    tanggalperiksa   date,
    kodedokter       varchar(20),
    jampraktek       varchar(12),
    jeniskunjungan   enum('1 (Rujukan FKTP)','2 (Rujukan Internal)','3 (Kontrol)','4 (Rujukan Antar RS)'),
    nomorreferensi   varchar(40),
    nomorantrean     varchar(15),
    angkaantrean     varchar(5),
    estimasidilayani varchar(15),
    sisakuotajkn     int(11),
    kuotajkn         int(11),
    sisakuotanonjkn  int(11),
    kuotanonjkn      int(11),
    status           enum('Belum','Checkin','Batal','Gagal'),
    validasi         datetime,
    statuskirim      enum('Belum','Sudah'),
    primary key (nobooking),
    unique key (no_rawat),
    key (norm),
    constraint referensi_mobilejkn_pasien foreign key (norm) references pasien (no_rkm_medis) on update cascade
) engine = InnoDB default charset = latin1;

create table referensi_mobilejkn_bpjs_batal (
    no_rkm_medis   varchar(15),
    no_rawat_batal varchar(17),
    nomorreferensi varchar(40),
    tanggalbatal   datetime,
    keterangan     varchar(200),
    statuskirim    enum('Sudah','Belum'),
    nobooking      varchar(15) not null,
    primary key (nobooking),
    key (no_rkm_medis),
    constraint batal_referensi foreign key (nobooking) references referensi_mobilejkn_bpjs (nobooking) on delete cascade on update cascade
) engine = InnoDB default charset = latin1;

-- '0000-00-00 00:00:00' means "not yet", never NULL.
create table mutasi_berkas (
    no_rawat varchar(17) not null,
    status   enum('Sudah Dikirim','Sudah Diterima','Sudah Kembali','Tidak Ada','Masuk Ranap'),
    dikirim  datetime,
    diterima datetime,
    kembali  datetime,
    tidakada datetime,
    ranap    datetime not null,
    primary key (no_rawat),
    constraint mutasi_berkas_reg_periksa foreign key (no_rawat) references reg_periksa (no_rawat) on delete cascade on update cascade
) engine = InnoDB default charset = latin1;

create table pemeriksaan_ralan (
    no_rawat      varchar(17) not null,
    tgl_perawatan date not null,
    jam_rawat     time not null,
    tensi         varchar(8) not null default '',
    keluhan       text,
    nip           varchar(20) not null,
    primary key (no_rawat, tgl_perawatan, jam_rawat),
    key (no_rawat),
    key (nip),
    constraint pemeriksaan_ralan_reg_periksa foreign key (no_rawat) references reg_periksa (no_rawat) on delete cascade on update cascade
) engine = InnoDB default charset = latin1;

-- A visit with a prescription cannot be deleted: this foreign key does not cascade.
create table resep_obat (
    no_resep       varchar(14) not null default '',
    tgl_perawatan  date,
    jam            time not null,
    no_rawat       varchar(17) not null default '',
    kd_dokter      varchar(20) not null,
    tgl_peresepan  date,
    jam_peresepan  time,
    status         enum('ralan','ranap'),
    tgl_penyerahan date not null,
    jam_penyerahan time not null,
    primary key (no_resep),
    key (no_rawat),
    key (kd_dokter),
    key (tgl_peresepan),
    key (status),
    constraint resep_obat_reg_periksa foreign key (no_rawat) references reg_periksa (no_rawat) on update cascade,
    constraint resep_obat_dokter foreign key (kd_dokter) references dokter (kd_dokter) on delete cascade on update cascade
) engine = InnoDB default charset = latin1;

create table bridging_sep (
    no_sep           varchar(40) not null default '',
    no_rawat         varchar(17),
    tglsep           date,
    tglrujukan       date,
    no_rujukan       varchar(40),
    jnspelayanan     enum('1','2'),
    kdpolitujuan     varchar(15),
    nomr             varchar(15),
    nama_pasien      varchar(100),
    no_kartu         varchar(25),
    asal_rujukan     enum('1. Faskes 1','2. Faskes 2(RS)') not null,
    noskdp           varchar(40) not null default '',
    kddpjp           varchar(10) not null default '',
    tujuankunjungan  enum('0','1','2') not null default '0',
    flagprosedur     enum('','0','1') not null default '',
    penunjang        enum('','1','2','3','4','5','6','7','8','9','10','11','12') not null default '',
    asesmenpelayanan enum('','1','2','3','4','5') not null default '',
    primary key (no_sep),
    key (no_rawat),
    constraint bridging_sep_reg_periksa foreign key (no_rawat) references reg_periksa (no_rawat) on delete cascade on update cascade
) engine = InnoDB default charset = latin1;

-- Not Khanza's: which steps of the day are committed, for a simulated hospital whose database goes away in the middle of a commit.
create table simulator_progress (
    steps int(11) not null,
    primary key (steps)
) engine = InnoDB default charset = latin1;
