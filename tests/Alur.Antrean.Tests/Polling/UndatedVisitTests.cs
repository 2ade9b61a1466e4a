using Alur.Antrean.Doctor;
using Alur.Antrean.FirstRun;
using Alur.Antrean.Polling;
using Alur.Antrean.Sites;
using Alur.Platform.Doctor;
using Alur.Platform.Results;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Polling;

/// <summary>A visit whose tgl_registrasi cannot be read is in no figure: it is named instead, until somebody mends it.</summary>
public sealed class UndatedVisitTests
{
    private const string Zero = "0000-00-00";

    [Fact]
    [Trait("Failure", "5.7")]
    public async Task A_visit_without_a_readable_date_is_named_when_it_is_first_seen_and_not_by_every_poll()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit("2026/01/20/000001");
        await hospital.Register("2026/01/20/000002", day: Zero);
        await hospital.Folder("2026/01/20/000002", sent: "08:00:00");

        await hospital.Poll();
        var first = await hospital.Column("select visit_id, day::text, poli, dokter, xmin::text from antrean.undated_visits");
        await hospital.Poll();
        var again = await hospital.Column("select visit_id, day::text, poli, dokter, xmin::text from antrean.undated_visits");
        await using var restarted = hospital.AnotherNode([]);
        await restarted.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        var result = await restarted.GetRequiredService<PollKhanza>().RunOnce(TestHospital.Code, CancellationToken.None);

        Assert.Equal(
            "Site default: visits left out, because tgl_registrasi in Khanza is no readable date: 1 (2026/01/20/000002). Mend the date there; ./alur antrean report lists them",
            Assert.Single(Told(hospital)));
        Assert.StartsWith("2026/01/20/000002 2026-01-20 Poli Anak dr. Satu ", Assert.Single(first), StringComparison.Ordinal);
        Assert.Equal(first, again); // not even written
        Assert.Equal((1, 1), (result.Read, result.Undated));
        Assert.Equal(["2026/01/20/000001"], await hospital.Column("select visit_id from antrean.visits"));
    }

    [Fact]
    public async Task It_is_told_again_when_others_are_without_a_date_and_once_when_none_is_any_more()
    {
        await using var hospital = await TestHospital.Open();
        for (var i = 1; i <= 7; i++)
            await hospital.Register($"2026/01/20/00000{i}", day: Zero);
        await hospital.Poll();
        await hospital.Khanza.Execute("update reg_periksa set tgl_registrasi = '2026-01-20' where no_rawat <> '2026/01/20/000007'");
        await hospital.Poll();
        var left = await hospital.Column("select visit_id from antrean.undated_visits");
        hospital.Clock.Now = hospital.Clock.Now.AddDays(9); // it is read by its number only
        await hospital.Poll();
        var later = await hospital.Column("select visit_id from antrean.undated_visits");
        await hospital.Khanza.Execute("update reg_periksa set tgl_registrasi = '2026-01-20'");
        await hospital.Poll();

        Assert.Equal(["2026/01/20/000007"], left);
        Assert.Equal(left, later);
        Assert.Contains("2026/01/20/000007", await hospital.Column("select visit_id from antrean.visits"));
        Assert.Equal(
            [
                "7 (2026/01/20/000001, 2026/01/20/000002, 2026/01/20/000003, 2026/01/20/000004, 2026/01/20/000005, …)", "1 (2026/01/20/000007)",
            ],
            Told(hospital).Select(line => line[(line.IndexOf("date: ", StringComparison.Ordinal) + 6)..line.IndexOf(')', StringComparison.Ordinal)] + ")"));
        Assert.Single(hospital.Log.Lines, "Site default: no visit is left out for its date any more");
        Assert.Equal(0L, await hospital.Scalar<long>("select count(*) from antrean.undated_visits"));
    }

    [Fact]
    public async Task A_visit_that_loses_its_date_and_is_cancelled_is_cancelled()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit("2026/01/20/000001");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Khanza.Execute($"update reg_periksa set tgl_registrasi = '{Zero}', stts = 'Batal'");
        await hospital.Poll();
        await hospital.Poll();
        var cancelled = await hospital.Column("select cancelled_reason, (select count(*) from delivery.jobs where state = 'CANCELLED') from antrean.visits");
        var withdrawn = await hospital.Scalar<long>("select count(*) from antrean.task_history where event = 'WITHDRAWN'");
        await hospital.Khanza.Execute("update reg_periksa set tgl_registrasi = '2026-01-20', stts = 'Belum'");
        await hospital.Poll();

        Assert.Equal(["CANCELLED_IN_KHANZA 1"], cancelled);
        Assert.Equal(1, withdrawn);
        Assert.Equal(1L, await hospital.Scalar<long>("select count(*) from antrean.visits where cancelled_reason is null"));
        Assert.Empty(await hospital.Column("select visit_id from antrean.undated_visits"));
    }

    [Fact]
    public async Task What_would_not_be_sent_anyway_needs_no_date()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register("2026/01/20/000001", day: Zero, care: "Ranap");
        await hospital.Register("2026/01/20/000002", day: Zero, clinic: "IGDK");
        await hospital.Register("2026/01/20/000003", day: Zero);
        await hospital.Register("2026/01/20/000004", day: Zero, payer: "BPJ");
        await hospital.Book("20260120000004", "2026/01/20/000004");
        await hospital.Khanza.Execute("update reg_periksa set stts = 'Batal' where no_rawat = '2026/01/20/000003'; update referensi_mobilejkn_bpjs set status = 'Batal'");

        Assert.Equal(0, (await hospital.Poll()).Undated);
        Assert.Empty(Told(hospital));
    }

    [Fact]
    public async Task It_is_in_the_report_of_the_day_of_its_booking_or_its_number()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await hospital.Register("2026/01/20/000001", day: Zero);
        await hospital.Register("2026/01/19/000002", day: Zero);
        await hospital.Register("2026/01/20/000003", day: Zero, payer: "BPJ");
        await hospital.Book("20260121000003", "2026/01/20/000003", day: "2026-01-21");
        await hospital.Poll();
        await using var app = await hospital.Serve();

        var today = await app.GetData("/api/antrean/report?date=2026-01-20");

        Assert.Equal((0, 1), ((int)today["visits"]!, (int)today["undated"]!));
        Assert.Equal("""[{"visit_id":"2026/01/20/000001","poli":"Poli Anak","dokter":"dr. Satu"}]""", today["undated_visits"]!.ToJsonString());
        Assert.Equal(["2026/01/19/000002"], await Undated(hospital, new(2026, 1, 19)));
        Assert.Equal(["2026/01/20/000003"], await Undated(hospital, new(2026, 1, 21)));
        Assert.Empty(await Undated(hospital, new(2026, 1, 18)));
    }

    [Fact]
    public async Task The_doctor_names_them_with_what_to_do_and_is_silent_when_they_are_mended()
    {
        await using var hospital = await TestHospital.Open();
        for (var i = 10; i < 22; i++)
            await hospital.Register($"2026/01/20/0000{i}", day: Zero);
        await hospital.Poll();
        var many = Assert.Single(await Look(hospital));
        await hospital.Khanza.Execute("update reg_periksa set tgl_registrasi = '2026-01-20' where no_rawat <> '2026/01/20/000010'");
        await hospital.Poll();
        var one = Assert.Single(await Look(hospital));
        await hospital.Khanza.Execute("update reg_periksa set tgl_registrasi = '2026-01-20'");
        await hospital.Poll();

        Assert.Equal(("antrean.undated", FindingLevel.Warning, "default"), (many.Check, many.Level, many.Subject));
        Assert.Equal(
            $"12 visits are left out, because tgl_registrasi is no readable date: {string.Join(", ", Enumerable.Range(10, 10).Select(i => $"2026/01/20/0000{i}"))}, +2.",
            many.Found.English);
        Assert.Equal("1 visit is left out, because tgl_registrasi is no readable date: 2026/01/20/000010.", one.Found.English);
        Assert.Equal("Mend the registration's date in Khanza; the next poll takes it in.", one.Do?.English);
        Assert.Empty(await Look(hospital));
        Assert.Equal(12, (await hospital.Column("select visit_id from antrean.visits")).Count);
    }

    private static IEnumerable<string> Told(TestHospital hospital) => hospital.Log.Lines.Where(line => line.Contains("left out, because", StringComparison.Ordinal));

    private static async Task<IReadOnlyList<Finding>> Look(TestHospital hospital) =>
        await hospital.Services.GetServices<IDoctorCheck>().OfType<CheckUndated>().Single().Run(new DoctorRound("default", hospital.Db), CancellationToken.None);

    private static async Task<IEnumerable<string>> Undated(TestHospital hospital, DateOnly day) => (await hospital.Services
        .GetRequiredService<Func<DayReportRequest, CancellationToken, Task<Result<DayReport>>>>()(new(TestHospital.Code, day), CancellationToken.None))
        .Value.UndatedVisits.Select(v => v.VisitId);
}
