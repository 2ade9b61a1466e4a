namespace Alur.Antrean.Tests;

/// <summary>Clinics, doctors, schedules and mappings of the test hospital.</summary>
internal static class HospitalMasters
{
    public const string Sql = """
        insert into penjab (kd_pj, png_jawab) values ('BPJ', 'BPJS'), ('UMU', 'Umum');
        insert into poliklinik (kd_poli, nm_poli) values ('101', 'Poli Anak'), ('102', 'Poli Mata'), ('IGDK', 'IGD');
        insert into dokter (kd_dokter, nm_dokter) values ('D001', 'dr. Satu'), ('D002', 'dr. Dua');
        insert into petugas (nip, nama) values ('N001', 'Perawat');
        insert into jadwal (kd_dokter, hari_kerja, jam_mulai, jam_selesai, kd_poli, kuota) values
            ('D001', 'SELASA', '07:00', '23:59', '101', 40), ('D001', 'RABU', '07:00', '14:00', '101', 40), ('D002', 'SELASA', '07:00', '23:59', '102', 40);
        insert into maping_poli_bpjs (kd_poli_rs, kd_poli_bpjs, nm_poli_bpjs) values ('101', 'ANA', 'ANAK');
        insert into maping_dokter_dpjpvclaim (kd_dokter, kd_dokter_bpjs, nm_dokter_bpjs) values ('D001', '292667', 'dr. Satu'), ('D002', '292668', 'dr. Dua');
        """;
}
