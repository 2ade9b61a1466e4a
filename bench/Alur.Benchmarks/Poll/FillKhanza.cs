using System.Globalization;
using Alur.MariaDb;
using Alur.Simulators.Khanza;
using Alur.Simulators.MariaDb;

namespace Alur.Benchmarks.Poll;

/// <summary>
/// Fills a Khanza database in whole sets: every visit has its folder, note, prescription and, as one in two, a Mobile JKN booking and a SEP.
/// Old visits lie on the days before the window, a thousand a day, so that their numbers are just like the window's.
/// </summary>
internal static class FillKhanza
{
    private static readonly DateOnly First = new(2026, 1, 14);

    private const int OldPerDay = 1000;
    private const int Patients = 20_000;

    private static readonly string[] Masters =
    [
        "insert into penjab (kd_pj, png_jawab) values ('BPJ', 'BPJS'), ('UMU', 'Umum')",
        "insert into poliklinik (kd_poli, nm_poli) select concat('U', lpad(seq, 3, '0')), concat('Poli ', seq) from seq_1_to_20",
        "insert into dokter (kd_dokter, nm_dokter) select concat('D', lpad(seq, 3, '0')), concat('dr. Contoh ', seq) from seq_1_to_20",
        "insert into maping_poli_bpjs (kd_poli_rs, kd_poli_bpjs, nm_poli_bpjs) select kd_poli, concat('P', right(kd_poli, 2)), nm_poli from poliklinik",
        "insert into maping_dokter_dpjpvclaim (kd_dokter, kd_dokter_bpjs) select kd_dokter, substr(kd_dokter, 2) from dokter",
        "insert into jadwal (kd_dokter, hari_kerja, jam_mulai, jam_selesai, kd_poli, kuota) select concat('D', lpad(s.seq, 3, '0')), elt(h.seq, 'SENIN', 'SELASA', 'RABU', 'KAMIS', 'JUMAT', 'SABTU', 'AKHAD'), '07:00', '15:00', concat('U', lpad(s.seq, 3, '0')), 60 from seq_1_to_20 s, seq_1_to_7 h",
        $"insert into pasien (no_rkm_medis, nm_pasien, no_ktp, jk, tgl_lahir, tgl_daftar, no_tlp, kd_pj, no_peserta) select lpad(seq, 6, '0'), concat('PASIEN CONTOH ', seq), lpad(seq, 16, '3'), 'P', '1980-01-01', '2020-01-01', '081200000000', 'BPJ', lpad(seq, 13, '0') from seq_1_to_{Patients}",
    ];

    // v: one row per visit with its day and its number of the day, made by the sequence engine.
    private const string VisitsOf = """
        (select date '{first}' + interval (seq - 1) div {perday} day as day, 1 + (seq - 1) % {perday} as n,
                concat(date_format(date '{first}' + interval (seq - 1) div {perday} day, '%Y/%m/%d/'), lpad(1 + (seq - 1) % {perday}, 6, '0')) as no_rawat
         from seq_1_to_{rows}) v
        """;

    private static readonly string[] Tables =
    [
        """
        insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, p_jawab, stts, stts_daftar, status_lanjut, kd_pj)
        select lpad(1 + n div 20, 3, '0'), no_rawat, day, sec_to_time(25200 + n * 20 % 25000), concat('D', lpad(1 + n % 20, 3, '0')), lpad(1 + n * 7 % {patients}, 6, '0'),
               concat('U', lpad(1 + n % 20, 3, '0')), '-', 'Sudah', 'Lama', 'Ralan', if(n % 4 = 0, 'UMU', 'BPJ') from {v}
        """,
        """
        insert into mutasi_berkas (no_rawat, status, dikirim, diterima, kembali, tidakada, ranap)
        select no_rawat, 'Sudah Diterima', timestamp(day, '08:00:00') + interval n second, timestamp(day, '08:30:00') + interval n second, 0, 0, 0 from {v}
        """,
        "insert into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, tensi, keluhan, nip) select no_rawat, day, sec_to_time(36000 + n), '120/80', '-', concat('D', lpad(1 + n % 20, 3, '0')) from {v}",
        """
        insert into resep_obat (no_resep, tgl_perawatan, jam, no_rawat, kd_dokter, tgl_peresepan, jam_peresepan, status, tgl_penyerahan, jam_penyerahan)
        select concat(date_format(day, '%Y%m%d'), lpad(n, 4, '0')), day, sec_to_time(37000 + n), no_rawat, concat('D', lpad(1 + n % 20, 3, '0')), day, sec_to_time(36500 + n), 'ralan', day, sec_to_time(38000 + n) from {v}
        """,
        """
        insert into referensi_mobilejkn_bpjs (nobooking, no_rawat, nomorkartu, nik, nohp, kodepoli, pasienbaru, norm, tanggalperiksa, kodedokter, jampraktek, jeniskunjungan, nomorreferensi, nomorantrean, angkaantrean, status, validasi, statuskirim)
        select concat(date_format(day, '%Y%m%d'), lpad(n, 6, '0')), no_rawat, lpad(n, 13, '0'), lpad(n, 16, '3'), '081200000000', concat('P', lpad(1 + n % 20, 2, '0')), '0', lpad(1 + n * 7 % {patients}, 6, '0'), day,
               lpad(1 + n % 20, 3, '0'), '07:00-15:00', '1 (Rujukan FKTP)', lpad(n, 19, '9'), concat('U-', n), n, 'Checkin', timestamp(day, '07:30:00'), 'Sudah' from {v} where n % 2 = 0
        """,
        """
        insert into bridging_sep (no_sep, no_rawat, tglsep, tglrujukan, no_rujukan, jnspelayanan, kdpolitujuan, nomr, nama_pasien, no_kartu, asal_rujukan, kddpjp)
        select concat('0301R001', date_format(day, '%m%y%d'), lpad(n, 6, '0')), no_rawat, day, day, lpad(n, 19, '9'), '2', 'INT', lpad(1 + n * 7 % {patients}, 6, '0'), concat('PASIEN CONTOH ', n), lpad(n, 13, '0'), '1. Faskes 1', '292667' from {v} where n % 2 = 0
        """,
    ];

    /// <summary>The window's days, from 0, as a visit number begins.</summary>
    public static string Day(int day) => First.AddDays(day).ToString("yyyy/MM/dd", CultureInfo.InvariantCulture);

    public static async Task Run(MariaDbDatabase database, int perDay, int oldRows, CancellationToken ct)
    {
        await using var writer = new MariaDbDataSource(database.Writer);
        await KhanzaSchema.Create(writer, ct);
        await using var connection = await writer.OpenConnectionAsync(ct);
        await Execute(connection, "set foreign_key_checks = 0, unique_checks = 0", ct);
        foreach (var sql in Masters) await Execute(connection, sql, ct);
        foreach (var sql in Tables) await Execute(connection, Of(sql, First, perDay, perDay * PollSide.Days), ct);
        var oldest = First.AddDays(-((oldRows + OldPerDay - 1) / OldPerDay));
        foreach (var sql in oldRows == 0 ? [] : Tables) await Execute(connection, Of(sql, oldest, OldPerDay, oldRows), ct);
        await Execute(connection, "analyze table reg_periksa, mutasi_berkas, pemeriksaan_ralan, resep_obat, referensi_mobilejkn_bpjs, bridging_sep", ct);
    }

    private static string Of(string sql, DateOnly first, int perDay, int rows) => sql
        .Replace("{v}", VisitsOf, StringComparison.Ordinal)
        .Replace("{first}", first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{perday}", $"{perDay}", StringComparison.Ordinal)
        .Replace("{rows}", $"{rows}", StringComparison.Ordinal)
        .Replace("{patients}", $"{Patients}", StringComparison.Ordinal);

    private static async Task Execute(System.Data.Common.DbConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 1800);
        await command.ExecuteNonQueryAsync(ct);
    }
}
