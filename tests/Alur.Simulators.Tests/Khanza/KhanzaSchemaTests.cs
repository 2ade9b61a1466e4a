using Alur.MariaDb;
using Alur.Simulators.Khanza;
using Alur.Testing;

namespace Alur.Simulators.Tests.Khanza;

public sealed class KhanzaSchemaTests
{
    private const string Masters = """
        insert into penjab (kd_pj, png_jawab) values ('BPJ', 'BPJS');
        insert into poliklinik (kd_poli, nm_poli) values ('INT', 'Penyakit Dalam');
        insert into dokter (kd_dokter, nm_dokter) values ('D1', 'dr. A');
        insert into pasien (no_rkm_medis, nm_pasien, kd_pj) values ('1', 'Pasien', 'BPJ');
        """;

    private const string Visit = """
        insert into reg_periksa (no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, stts, stts_daftar, status_lanjut, kd_pj)
        values ('2026/11/20/000001', '2026-11-20', '07:30:00', 'D1', '1', 'INT', 'Belum', 'Lama', 'Ralan', 'BPJ');
        insert into mutasi_berkas (no_rawat, status, dikirim, diterima, kembali, tidakada, ranap)
        values ('2026/11/20/000001', 'Sudah Dikirim', '2026-11-20 07:40:00', '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00');
        insert into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, nip) values ('2026/11/20/000001', '2026-11-20', '08:00:00', 'D1');
        """;

    private static async Task<MariaDbTestDatabase> Create()
    {
        var database = await MariaDbTestServer.CreateDatabase();
        await KhanzaSchema.Create(database.Writer, TestContext.Current.CancellationToken);
        await database.Execute(Masters + Visit);
        return database;
    }

    private static async Task<long> Count(MariaDbTestDatabase database, string sql)
    {
        await using var command = database.Reader.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Every_table_is_InnoDB_in_latin1_as_at_a_hospital()
    {
        await using var database = await Create();

        Assert.Equal(16, await Count(database, "select count(*) from information_schema.tables where table_schema = database()"));
        Assert.Equal(0, await Count(database, "select count(*) from information_schema.tables where table_schema = database() and (engine <> 'InnoDB' or table_collation not like 'latin1%')"));
    }

    [Fact]
    public async Task Deleting_a_visit_takes_its_file_movement_and_notes_with_it()
    {
        await using var database = await Create();

        await database.Execute("delete from reg_periksa");

        Assert.Equal(0, await Count(database, "select (select count(*) from mutasi_berkas) + (select count(*) from pemeriksaan_ralan)"));
    }

    [Fact]
    public async Task A_visit_with_a_prescription_cannot_be_deleted()
    {
        await using var database = await Create();
        await database.Execute("insert into resep_obat (no_resep, jam, no_rawat, kd_dokter, tgl_penyerahan, jam_penyerahan) values ('202611200001', '00:00:00', '2026/11/20/000001', 'D1', '0000-00-00', '00:00:00')");

        await Assert.ThrowsAsync<MariaDbException>(() => database.Execute("delete from reg_periksa"));
    }
}
