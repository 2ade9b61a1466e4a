using System.Text.Json;

namespace Alur.Antrean.Tests.Polling;

/// <summary>Hospitals change Khanza's schema: keys are dropped, columns added, numbers made differently, tables converted.</summary>
public sealed class SchemaForkTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    public async Task Without_the_unique_key_on_no_rawat_the_booking_that_stands_counts_once()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Khanza.Execute("alter table referensi_mobilejkn_bpjs drop index no_rawat");
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Book("20260120000001", Visit);
        await hospital.Book("20260120000002", Visit);
        await hospital.Khanza.Execute("update referensi_mobilejkn_bpjs set status = 'Batal' where nobooking = '20260120000002'");

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal(["20260120000001"], hospital.Bpjs.Ledger.Bookings.Select(b => b.Kodebooking));
        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    [Trait("Failure", "5.12")]
    public async Task Where_two_clinics_share_a_BPJS_code_both_are_told()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Khanza.Execute("""
            alter table maping_poli_bpjs drop index kd_poli_bpjs;
            insert into poliklinik (kd_poli, nm_poli) values ('109', 'Poli Anak B');
            insert into maping_poli_bpjs (kd_poli_rs, kd_poli_bpjs, nm_poli_bpjs) values ('109', 'ANA', 'ANAK');
            insert into jadwal (kd_dokter, hari_kerja, jam_mulai, jam_selesai, kd_poli, kuota) values ('D001', 'SELASA', '07:01:00', '23:58:00', '109', 30);
            """);
        await hospital.Register(Visit);
        await hospital.Register("2026/01/20/000002", clinic: "109");

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal(2, hospital.Bpjs.Ledger.Bookings.Count);
    }

    [Fact]
    [Trait("Failure", "5.23")]
    public async Task Names_in_utf8mb4_reach_BPJS_whole_quotes_and_emoji_included()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Khanza.Execute("""
            alter table poliklinik modify nm_poli varchar(50) character set utf8mb4;
            update poliklinik set nm_poli = 'Poli "Anak" \\ 😊 D''Souza' where kd_poli = '101';
            """);
        await hospital.Register(Visit);

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
        var payload = await hospital.Scalar<string>("select payload::text from antrean.visits");
        Assert.Equal("Poli \"Anak\" \\ 😊 D'Souza", JsonDocument.Parse(payload!).RootElement.GetProperty("namapoli").GetString());
    }

    [Fact]
    public async Task A_queue_number_with_letters_is_told_as_it_is_with_the_figure_0()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, number: "A-012");

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
        var payload = JsonDocument.Parse((await hospital.Scalar<string>("select payload::text from antrean.visits"))!).RootElement;
        Assert.Equal(("A-012", 0), (payload.GetProperty("nomorantrean").GetString(), payload.GetProperty("angkaantrean").GetInt32()));
    }

    [Fact]
    public async Task Visit_numbers_of_four_digits_are_read_too()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Khanza.Execute("insert into pasien (no_rkm_medis, kd_pj) values ('9', 'BPJ')");
        await hospital.Khanza.Execute("""
            insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, stts, stts_daftar, status_lanjut, kd_pj)
            values ('001', '2026/01/20/0012', '2026-01-20', '07:00:00', 'D001', '9', '101', 'Belum', 'Lama', 'Ralan', 'UMU')
            """);

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS", await hospital.Standing("2026/01/20/0012"));
    }
}
