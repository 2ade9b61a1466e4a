using System.Text.Json.Nodes;
using Alur.Antrean.Polling;

namespace Alur.Antrean.Tests.Polling;

public sealed class PollKhanzaTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-002")]
    [Trait("Spec", "A-005")]
    [Trait("Spec", "A-009")]
    [Trait("Spec", "A-011")]
    [Trait("Spec", "A-016")]
    [Trait("Spec", "A-050")]
    [Trait("Spec", "A-078")]
    [Trait("Spec", "A-091")]
    [Trait("Spec", "A-131")]
    public async Task A_registration_becomes_one_ready_visit_with_empty_progress()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, at: "15:00:00", number: "007");

        var poll = await hospital.Poll();

        Assert.Equal((1, 1, 0), (poll.Read, poll.Changed, poll.Missing));
        var seen = (await hospital.Event(Visit))!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"kuotajkn":40,"sisakuotajkn":33,"estimasidilayani":1768871400000}"""), new JsonObject(
            new[] { "kuotajkn", "sisakuotajkn", "estimasidilayani" }.Select(f => KeyValuePair.Create(f, seen["payload"]![f]?.DeepClone())))));
        seen.Remove("payload");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"visit_id":"2026/01/20/001234","event_time":"2026-01-20T08:00:00+00:00","status":"READY_BPJS","poli_id":"101","dokter_id":"D001","task_progress":{}}
            """), seen), seen.ToJsonString());
    }

    [Fact]
    [Trait("Spec", "A-012")]
    [Trait("Spec", "A-013")]
    [Trait("Spec", "A-014")]
    [Trait("Spec", "A-042")]
    [Trait("Spec", "A-061")]
    [Trait("Spec", "A-064")]
    [Trait("Spec", "A-065")]
    [Trait("Spec", "A-067")]
    [Trait("Spec", "A-068")]
    [Trait("Spec", "A-070")]
    [Trait("Spec", "A-079")]
    [Trait("Spec", "A-082")]
    [Trait("Spec", "A-092")]
    [Trait("Spec", "A-093")]
    [Trait("Spec", "A-094")]
    [Trait("Spec", "A-107")]
    [Trait("Spec", "A-114")]
    [Trait("Spec", "A-134")]
    public async Task Tasks_found_later_update_the_one_visit()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Poll();

        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();
        Assert.Equal("""{"3":{"status":"DRAFT"}}""", await hospital.Progress(Visit));

        await hospital.Folder(Visit, sent: "08:00:00", received: "08:20:00");
        await hospital.Poll();
        Assert.Equal("""{"3":{"status":"DRAFT"},"4":{"status":"DRAFT"}}""", await hospital.Progress(Visit));

        await hospital.Note(Visit, "08:40:00");
        await hospital.Poll();
        Assert.Equal("""{"3":{"status":"DRAFT"},"4":{"status":"DRAFT"},"5":{"status":"DRAFT"}}""", await hospital.Progress(Visit));

        Assert.Equal(1, await hospital.Scalar<long>("select count(*) from antrean.visits"));
        Assert.Equal(
            ["3 mutasi_berkas.dikirim 2026-01-20 01:00:00", "4 mutasi_berkas.diterima 2026-01-20 01:20:00", "5 pemeriksaan_ralan.first 2026-01-20 01:40:00"],
            await hospital.Column("select task, source, (waktu at time zone 'UTC')::text from antrean.tasks where task <> '1' order by task"));
        Assert.Equal(
            ["Updated CHECKIN progress untuk 2026/01/20/001234", "Updated START progress untuk 2026/01/20/001234", "Updated FINISH progress untuk 2026/01/20/001234"],
            hospital.Log.Lines.Where(l => l.StartsWith("Updated", StringComparison.Ordinal)));
    }

    /// <summary>The first look at a hospital: what a person needs must stay on the screen.</summary>
    [Fact]
    public async Task Many_tasks_found_at_once_are_one_line_of_the_log_and_the_rest_is_for_debugging()
    {
        await using var hospital = await TestHospital.Open();
        for (var n = 1; n <= PollKhanza.MostLogged + 1; n++)
        {
            var visit = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"2026/01/20/{n:000000}");
            await hospital.Register(visit);
            await hospital.Folder(visit, sent: "08:00:00");
        }

        await hospital.Poll();

        Assert.Contains("Site default: 51 tasks of visits were found at once", string.Join('\n', hospital.Log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain(hospital.Log.Lines, l => l.StartsWith("Updated", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Spec", "A-003")]
    [Trait("Spec", "A-063")]
    [Trait("Spec", "A-066")]
    [Trait("Spec", "A-069")]
    public async Task The_specified_task_columns_are_read_where_a_hospital_has_them()
    {
        await using var hospital = await TestHospital.Open(new() { ["Profile"] = "task-columns" });
        await hospital.Khanza.Execute("""
            alter table reg_periksa add task_id_3 datetime, add task_id_4 datetime default '0000-00-00 00:00:00', add task_id_5 datetime;
            """);
        await hospital.Register(Visit);
        await hospital.Khanza.Execute($"update reg_periksa set task_id_3 = '2026-01-20 08:00:00', task_id_5 = '2026-01-20 09:00:00' where no_rawat = '{Visit}'");

        await hospital.Poll();

        Assert.Equal("""{"3":{"status":"DRAFT"},"5":{"status":"DRAFT"}}""", await hospital.Progress(Visit));
    }

    [Fact]
    [Trait("Spec", "A-001")]
    public async Task The_hospitals_database_is_only_read_with_an_account_that_can_do_no_more()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        var before = await Checksums(hospital);

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal(before, await Checksums(hospital));
        await using var write = hospital.Khanza.Reader.CreateCommand("delete from reg_periksa");
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => write.ExecuteNonQueryAsync());
    }

    [Fact]
    public async Task A_poll_without_changes_writes_nothing()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        var rows = await hospital.Column("select v.xmin, t.xmin from antrean.visits v join antrean.tasks t using (site_id, visit_id) order by t.task");
        var history = await hospital.Scalar<long>("select count(*) from antrean.task_history");

        var poll = await hospital.Poll();

        Assert.Equal((0, 0, 0), (poll.Changed, poll.Missing, poll.Observed));
        Assert.Equal(rows, await hospital.Column("select v.xmin, t.xmin from antrean.visits v join antrean.tasks t using (site_id, visit_id) order by t.task"));
        Assert.Equal(history, await hospital.Scalar<long>("select count(*) from antrean.task_history"));
    }

    [Fact]
    [Trait("Failure", "5.24")]
    public async Task The_window_reads_by_number_and_finds_bookings_made_under_another_days_number()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register("2026/01/13/000001"); // before the window
        await hospital.Register("2026/01/14/000001"); // its first day
        await hospital.Register("2026/01/21/000001"); // its last day
        await hospital.Register("2026/01/22/000001"); // after it
        await hospital.Register("2026/01/02/000009", day: "2026-01-20"); // made long ago for today
        await hospital.Book("20260120000001", "2026/01/02/000009");

        var poll = await hospital.Poll();

        Assert.Equal(3, poll.Read);
        Assert.Equal(
            ["2026/01/02/000009 MOBILE_JKN 20260120000001", "2026/01/14/000001 NON_JKN 2026/01/14/000001", "2026/01/21/000001 NON_JKN 2026/01/21/000001"],
            await hospital.Column("select visit_id, kind, kodebooking from antrean.visits order by visit_id"));

        // Its booking is deleted: we still know to look for the visit itself.
        await hospital.Khanza.Execute("delete from referensi_mobilejkn_bpjs");
        await hospital.Poll();
        Assert.Null(await hospital.Scalar<DateTime?>("select gone_at from antrean.visits where visit_id = '2026/01/02/000009'"));
        await hospital.Khanza.Execute("delete from reg_periksa where no_rawat = '2026/01/02/000009'");
        Assert.Equal(1, (await hospital.Poll()).Missing);
    }

    [Fact]
    [Trait("Failure", "5.7")]
    public async Task Zero_dates_and_impossible_times_are_not_yet()
    {
        await using var hospital = await TestHospital.Open(new() { ["TaskSources:5:0"] = "resep_obat.penyerahan" });
        await hospital.Khanza.Execute("set sql_mode = ''");
        await hospital.Register(Visit);
        await hospital.Folder(Visit, sent: "2026-00-20 08:00:00", received: "0000-00-00 00:00:00");
        await hospital.Khanza.Execute($"""
            insert into resep_obat (no_resep, tgl_perawatan, jam, no_rawat, kd_dokter, tgl_peresepan, jam_peresepan, status, tgl_penyerahan, jam_penyerahan)
            values ('202601200001', '0000-00-00', '10:00:00', '{Visit}', 'D001', '2026-01-20', '09:00:00', 'ralan', '2026-01-20', '-01:00:00');
            """);

        await hospital.Poll();

        Assert.Equal("{}", await hospital.Progress(Visit));
    }

    [Fact]
    [Trait("Failure", "5.23")]
    public async Task Text_that_json_cannot_hold_is_taken_out_and_flagged()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Khanza.Execute("update poliklinik set nm_poli = concat('Poli', char(0 using utf8mb4), ' \"Anak\" \\\\ é') where kd_poli = '101'");
        await hospital.Register(Visit);

        await hospital.Poll();

        Assert.Equal(["True Poli \"Anak\" \\ é"], await hospital.Column("select text_stripped, payload ->> 'namapoli' from antrean.visits"));
    }

    [Fact]
    public async Task An_excluded_clinic_is_shown_and_never_sent()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, clinic: "IGDK");

        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 held CLINIC_EXCLUDED", await hospital.Standing(Visit));
        Assert.Empty(hospital.Bpjs.Ledger.Calls);
    }

    private static async Task<List<string>> Checksums(TestHospital hospital)
    {
        var sums = new List<string>();
        foreach (var table in new[] { "reg_periksa", "mutasi_berkas", "pemeriksaan_ralan", "pasien", "jadwal", "referensi_mobilejkn_bpjs" })
        {
            await using var command = hospital.Khanza.Writer.CreateCommand($"checksum table {table}");
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            sums.Add($"{table} {reader.GetValue(1)}");
        }
        return sums;
    }
}
