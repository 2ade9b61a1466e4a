namespace Alur.Antrean.Tests.Polling;

/// <summary>What the hospital changes its mind about: inbox, deletions, cancellations, corrections, mended masters.</summary>
public sealed class KhanzaChangesTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-145")]
    [Trait("Spec", "A-132")]
    [Trait("Spec", "A-135")]
    [Trait("Spec", "A-062")]
    public async Task A_task_seen_before_its_visit_waits_and_is_applied_when_the_visit_arrives()
    {
        await using var hospital = await TestHospital.Open(new() { ["TaskSources:3:0"] = "referensi_mobilejkn_bpjs.validasi" });
        await hospital.Book("20260120000001", Visit, validated: "2026-01-20 08:00:00");

        await hospital.Poll();
        Assert.Equal("3 held VISIT_NOT_READ", await hospital.Standing(Visit));
        Assert.Null(await hospital.Event(Visit));
        Assert.Contains("REGISTER event tidak ditemukan untuk 2026/01/20/001234, skip CHECKIN", hospital.Log.Lines);
        await hospital.Build();
        await hospital.Poll();
        Assert.Equal("OBSERVED", await hospital.History(Visit, "3"));

        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Poll();
        Assert.Equal("""{"3":{"status":"DRAFT"}}""", await hospital.Progress(Visit));

        await hospital.Build();
        await hospital.Settle();
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task A_waiting_task_whose_booking_vanished_is_cancelled()
    {
        await using var hospital = await TestHospital.Open(new() { ["TaskSources:3:0"] = "referensi_mobilejkn_bpjs.validasi" });
        await hospital.Book("20260120000001", Visit, validated: "2026-01-20 08:00:00");
        await hospital.Poll();

        await hospital.Khanza.Execute("delete from referensi_mobilejkn_bpjs");
        await hospital.Poll();
        await hospital.Build();

        Assert.Equal("3 cancelled GONE_FROM_KHANZA", await hospital.Standing(Visit));
    }

    [Theory]
    [InlineData("update mutasi_berkas set dikirim = '0001-01-01 00:00:00' where no_rawat = '2026/01/20/000666'")]
    [InlineData("update mutasi_berkas set dikirim = '9999-12-31 23:59:59' where no_rawat = '2026/01/20/000666'")]
    [InlineData("update reg_periksa set tgl_registrasi = '0001-01-01', jam_reg = '00:00:00' where no_rawat = '2026/01/20/000666'")]
    [InlineData("update referensi_mobilejkn_bpjs set tanggalperiksa = '0001-01-01', jampraktek = '00:00-01:00'")]
    public async Task One_row_with_an_absurd_date_does_not_keep_the_others_from_being_read(string spoiled)
    {
        const string Bad = "2026/01/20/000666";
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Bad);
        await hospital.Book("20260120000001", Bad);
        await hospital.Khanza.Execute(spoiled);
        await hospital.FullVisit(Visit);

        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    [Trait("Failure", "5.16")]
    public async Task A_deleted_visit_is_cancelled_and_comes_back_when_it_returns()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Poll();

        await hospital.Khanza.Execute($"delete from reg_periksa where no_rawat = '{Visit}'");
        Assert.Equal(1, (await hospital.Poll()).Missing);
        Assert.Equal(
            "1 cancelled GONE_FROM_KHANZA, 3 cancelled GONE_FROM_KHANZA, 4 cancelled GONE_FROM_KHANZA, 5 cancelled GONE_FROM_KHANZA", await hospital.Standing(Visit));
        Assert.Equal(0, (await hospital.Poll()).Missing);

        await hospital.FullVisit(Visit);
        await hospital.Poll();
        Assert.Equal("1 DRAFT, 3 held REGISTER_NOT_SENT, 4 held REGISTER_NOT_SENT, 5 held REGISTER_NOT_SENT", await hospital.Standing(Visit));
        Assert.EndsWith("CANCELLED GONE_FROM_KHANZA, RESTORED", await hospital.History(Visit, "1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visit_cancelled_in_Khanza_is_never_registered()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Khanza.Execute($"update reg_periksa set stts = 'Batal' where no_rawat = '{Visit}'");

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal(
            "1 cancelled CANCELLED_IN_KHANZA, 3 cancelled CANCELLED_IN_KHANZA, 4 cancelled CANCELLED_IN_KHANZA, 5 cancelled CANCELLED_IN_KHANZA",
            await hospital.Standing(Visit));
        Assert.Empty(hospital.Bpjs.Ledger.Calls);
    }

    [Fact]
    public async Task In_patients_stay_out_but_a_visit_that_is_admitted_later_keeps_its_tasks()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register("2026/01/20/000001", care: "Ranap");
        await hospital.Register(Visit);
        await hospital.Poll();

        await hospital.Khanza.Execute($"update reg_periksa set status_lanjut = 'Ranap' where no_rawat = '{Visit}'");
        await hospital.Folder(Visit, sent: "08:00:00");
        var poll = await hospital.Poll();

        Assert.Equal((1, 0), (poll.Changed, poll.Missing));
        Assert.Equal([Visit], await hospital.Column("select visit_id from antrean.visits"));
        Assert.Equal("""{"3":{"status":"DRAFT"}}""", await hospital.Progress(Visit));
    }

    [Fact]
    public async Task A_corrected_moment_counts_and_a_removed_one_is_cancelled()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();

        await hospital.Folder(Visit, sent: "08:05:00");
        await hospital.Poll();
        Assert.Equal(["2026-01-20 01:05:00"], await hospital.Column("select (waktu at time zone 'UTC')::text from antrean.tasks where task = '3'"));

        await hospital.Folder(Visit);
        await hospital.Poll();
        Assert.Equal("1 DRAFT, 3 cancelled GONE_FROM_KHANZA", await hospital.Standing(Visit));

        await hospital.Folder(Visit, sent: "08:05:00");
        await hospital.Poll();
        Assert.Equal("1 DRAFT, 3 held REGISTER_NOT_SENT", await hospital.Standing(Visit));
        Assert.Equal(
            "OBSERVED, HELD REGISTER_NOT_SENT, CORRECTED, CORRECTED no longer in Khanza, CANCELLED GONE_FROM_KHANZA, CORRECTED, RESTORED REGISTER_NOT_SENT",
            await hospital.History(Visit, "3"));
    }

    [Fact]
    [Trait("Failure", "5.12")]
    public async Task A_mended_mapping_unblocks_by_itself()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, clinic: "102", doctor: "D002");
        await hospital.Poll();
        Assert.Equal("BLOCKED_BPJS", (string)(await hospital.Event(Visit))!["status"]!);
        Assert.Equal("1 held CLINIC_UNMAPPED", await hospital.Standing(Visit));

        await hospital.Khanza.Execute("insert into maping_poli_bpjs values ('102', 'MAT', 'MATA')");
        await hospital.Poll();

        Assert.Equal("READY_BPJS", (string)(await hospital.Event(Visit))!["status"]!);
        Assert.Equal("1 DRAFT", await hospital.Standing(Visit));
    }
}
