using System.Text;
using Alur.Antrean.Khanza;
using Alur.Antrean.Polling;
using Alur.Antrean.Profiles;
using Alur.Antrean.Sites;
using Alur.Platform.Results;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Profiles;

/// <summary>The hospital's day, Tuesday 20 January 2026, is yesterday here.</summary>
public sealed class ProfileKhanzaTests
{
    private static readonly Dictionary<string, string?> Observing = new() { ["Mode"] = "observe", ["Profile"] = null, ["SendFrom"] = null };

    [Fact]
    public async Task A_folder_that_is_received_when_it_is_sent_gives_way_to_the_first_note()
    {
        await using var hospital = await OpenNextDay();
        for (var i = 1; i <= 4; i++)
        {
            await hospital.FullVisit($"2026/01/20/00000{i}", sent: "07:10:00", received: "07:10:00", noted: "07:40:00");
            await hospital.Note($"2026/01/20/00000{i}", "07:20:00", nip: "N001");
        }

        var report = await Profile(hospital);

        Assert.Equal(4, report.Visits);
        Assert.Equal("mutasi_berkas.dikirim / pemeriksaan_ralan.first / pemeriksaan_ralan.dokter", Text(report.Best));
        Assert.Equal(4, report.Best.Complete);
        var khanza = Assert.Single(report.Named, p => p.Name == "khanza");
        Assert.Equal((0, new Obstacle("4", "TIME_NOT_LATER", 4)), (khanza.Complete, Assert.Single(khanza.Obstacles)));
        Assert.Null(report.Current);
    }

    [Fact]
    public async Task Sources_of_two_kinds_of_visit_are_put_in_one_order()
    {
        await using var hospital = await OpenNextDay();
        await hospital.Register("2026/01/20/000001", "07:00:00");
        await hospital.Register("2026/01/20/000002", "18:00:00", payer: "BPJ"); // booked the evening before: no moment of this day
        await hospital.Book("20260120000002", "2026/01/20/000002", validated: "2026-01-20 07:05:00");
        foreach (var visit in (string[])["2026/01/20/000001", "2026/01/20/000002"])
        {
            await hospital.Folder(visit, received: "07:20:00");
            await hospital.Note(visit, "07:30:00");
        }

        var report = await Profile(hospital);

        Assert.Equal("referensi_mobilejkn_bpjs.validasi, reg_periksa.jam_reg / mutasi_berkas.diterima / pemeriksaan_ralan.first", Text(report.Best));
        Assert.Equal(2, report.Best.Complete);
    }

    [Fact]
    public async Task Figures_count_what_is_there_what_is_zero_and_what_does_not_fit()
    {
        await using var hospital = await OpenNextDay();
        await hospital.FullVisit("2026/01/20/000001", sent: "07:10:00", received: "07:10:00");
        await hospital.FullVisit("2026/01/20/000002", sent: "07:20:00", received: "07:10:00");
        await hospital.FullVisit("2026/01/20/000003", sent: "2026-01-21 07:10:00", received: "2026-01-21 07:20:00");
        await hospital.Register("2026/01/20/000004");
        await hospital.Folder("2026/01/20/000004", sent: "07:10:00"); // received: 0000-00-00
        await hospital.Register("2026/01/20/000005", clinic: "IGDK");
        await hospital.Register("2026/01/21/000006"); // today is not over
        await hospital.Khanza.Execute("update reg_periksa set stts = 'Batal' where no_rawat = '2026/01/20/000005'");

        var report = await Profile(hospital);

        var received = Assert.Single(report.Sources, s => s is { Task: "4", Source: "mutasi_berkas.diterima" });
        Assert.Equal((4, 3, 1, 1), (report.Visits, received.Present, received.Zero, received.WrongDay));
        Assert.Equal(new PairFigures("mutasi_berkas.dikirim", 3, 1, 1), received.Before[0]);
        Assert.DoesNotContain(report.Sources, s => s.Source.Contains("task_id", StringComparison.Ordinal));
    }

    /// <summary>The search has a short way of its own through the choices; a poll that holds the same visits must come to the same number.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task What_is_promised_is_what_a_poll_with_that_choice_would_send(int seed)
    {
        await using var hospital = await OpenNextDay();
        await hospital.Khanza.Execute(DirtyDay(new Random(seed), visits: 60));

        var report = await Profile(hospital);
        var pasted = Flat(report.Configuration);
        await using var node = hospital.AnotherNode(new(pasted) { ["Mode"] = "observe", ["SendFrom"] = null });
        await node.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        await node.GetRequiredService<PollKhanza>().RunOnce(TestHospital.Code, CancellationToken.None);

        Assert.InRange(report.Best.Complete, 1, 60);
        Assert.True(report.Named.All(p => p.Complete <= report.Best.Complete));
        Assert.Equal(report.Best.Complete, (int)await hospital.Scalar<long>("""
            select count(*) from (
                select visit_id from antrean.tasks where task in ('1', '3', '4', '5') and held_reason = 'OBSERVE_MODE'
                group by visit_id having count(*) = 4) whole
            """));
    }

    [Fact]
    public async Task Nothing_is_written_and_a_day_is_read_as_it_was_when_the_first_was_read()
    {
        TestHospital? hospital = null;
        var deleted = false;
        hospital = await TestHospital.Open(Observing, khanza: real => new WatchedDatabase(real, async (_, sql) =>
        {
            if (deleted || !sql.Contains("from reg_periksa", StringComparison.Ordinal))
                return;
            deleted = true;
            await hospital!.Khanza.Execute("delete from reg_periksa where no_rawat = '2026/01/20/000001'");
        }));
        await using var _ = hospital;
        hospital.Clock.Now = hospital.Clock.Now.AddDays(1);
        await hospital.FullVisit("2026/01/20/000001");

        var report = await Profile(hospital);

        Assert.True(deleted);
        Assert.Equal((1, 1), (report.Visits, report.Best.Complete));
        Assert.Equal("khanza", report.Best.Name);
        Assert.Equal(0L, await hospital.Scalar<long>("select (select count(*) from antrean.visits) + (select count(*) from antrean.tasks)"));
    }

    [Fact]
    public async Task Columns_that_a_fork_has_are_measured_too_and_win_where_they_are_complete()
    {
        await using var hospital = await OpenNextDay();
        await hospital.Khanza.Execute("alter table reg_periksa add task_id_3 datetime, add task_id_4 datetime, add task_id_5 datetime");
        await hospital.Register("2026/01/20/000001");
        await hospital.Khanza.Execute("update reg_periksa set task_id_3 = '2026-01-20 07:10', task_id_4 = '2026-01-20 07:20', task_id_5 = '2026-01-20 07:30'");

        var report = await Profile(hospital);

        Assert.Equal(1, Assert.Single(report.Named, p => p.Name == "task-columns").Complete);
        Assert.Equal("reg_periksa.jam_reg / reg_periksa.task_id_4 / reg_periksa.task_id_5", Text(report.Best));
    }

    [Fact]
    public async Task A_profile_whose_columns_are_not_there_says_which()
    {
        await using var hospital = await TestHospital.Open(new(Observing) { ["Profile"] = "task-columns", ["TaskSources:3:0"] = "reg_periksa.jam_reg" });
        hospital.Clock.Now = hospital.Clock.Now.AddDays(1);
        await hospital.FullVisit("2026/01/20/000001");
        await hospital.Khanza.Execute("alter table reg_periksa add task_id_4 datetime");

        var report = await Profile(hospital);

        Assert.Equal(["khanza", "khanza-2026", "task-columns"], report.Named.Select(p => p.Name));
        Assert.Equal([0, 0, 2], report.Named.Select(p => p.Lacks.Count));
        Assert.Equal((0, "reg_periksa.task_id_3, reg_periksa.task_id_5"), (report.Named[2].Complete, string.Join(", ", report.Named[2].Lacks)));
        Assert.Equal("reg_periksa.task_id_5", Assert.Single(report.Current!.Lacks));
        Assert.Empty(report.Best.Lacks);
    }

    [Theory]
    [InlineData("khanza-2026", null, "khanza-2026")]
    [InlineData("khanza", "mutasi_berkas.kembali", null)] // what stands there would win over a name
    public async Task What_is_configured_now_is_measured_and_kept_where_it_is_as_good(string profile, string? finish, string? name)
    {
        await using var hospital = await TestHospital.Open(new(Observing) { ["Profile"] = profile, ["TaskSources:5:0"] = finish });
        hospital.Clock.Now = hospital.Clock.Now.AddDays(1);
        await hospital.FullVisit("2026/01/20/000001");

        var report = await Profile(hospital);

        Assert.Equal((finish is null ? 1 : 0, 1), (report.Current!.Complete, report.Best.Complete));
        Assert.Equal(name, report.Best.Name);
        Assert.Equal(finish is null, report.Configuration["Antrean"]!["Sites"]!["default"]!["TaskSources"] is null);
    }

    [Fact]
    public async Task Many_visits_that_are_told_alike_are_held_in_memory_once()
    {
        await using var hospital = await OpenNextDay();
        for (var i = 1; i <= 9; i++)
            await hospital.FullVisit($"2026/01/20/00000{i}", at: $"07:00:0{i}");
        var candidates = SourceCandidates.In(await SourceCandidates.ColumnsOf(hospital.Khanza.Reader, CancellationToken.None), hospital.Site.Options);
        var site = hospital.Site.With(candidates);
        var day = new KhanzaWindow(new(2026, 1, 20), new(2026, 1, 20));
        var groups = new VisitGroups(site, candidates, hospital.Clock.Now);

        await foreach (var (window, khanza) in ReadKhanza.Days(hospital.Khanza.Reader, site, day, CancellationToken.None))
            groups.Add(khanza, visit => window.Holds(visit.VisitId));

        Assert.Equal((9, 9), (groups.Visits, Assert.Single(groups.All).Count));
    }

    [Theory]
    [InlineData("elsewhere", 30, "SITE_UNKNOWN")]
    [InlineData("default", 0, "DAYS_OUT_OF_RANGE")]
    [InlineData("default", 367, "DAYS_OUT_OF_RANGE")]
    public async Task What_cannot_be_asked_is_refused(string site, int days, string code)
    {
        await using var hospital = await OpenNextDay();

        Assert.Equal(code, (await Run(hospital, new(site, days))).Error?.Code);
    }

    private static async Task<TestHospital> OpenNextDay()
    {
        var hospital = await TestHospital.Open(Observing);
        hospital.Clock.Now = hospital.Clock.Now.AddDays(1);
        return hospital;
    }

    private static async Task<ProfileReport> Profile(TestHospital hospital) => (await Run(hospital, new(TestHospital.Code, Days: 3))).Value;

    private static Task<Result<ProfileReport>> Run(TestHospital hospital, ProfileRequest request) =>
        hospital.Services.GetRequiredService<Func<ProfileRequest, CancellationToken, Task<Result<ProfileReport>>>>()(request, CancellationToken.None);

    private static string Text(ProfileOutcome outcome) => string.Join(" / ", outcome.Sources.Values.Select(s => string.Join(", ", s)));

    /// <summary>The snippet as a configuration file would be read, relative to the site.</summary>
    private static Dictionary<string, string?> Flat(System.Text.Json.Nodes.JsonObject snippet) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(snippet.ToJsonString()))).Build()
            .GetSection($"Antrean:Sites:{TestHospital.Code}").AsEnumerable(makePathsRelative: true).Where(s => s.Value is not null).ToDictionary(StringComparer.Ordinal);

    /// <summary>Every column absent, zero, equal, reversed or of another day now and then.</summary>
    private static string DirtyDay(Random random, int visits)
    {
        var sql = new StringBuilder("insert into pasien (no_rkm_medis, nm_pasien, kd_pj) values ('1', 'Pasien Karangan', 'UMU');");
        for (var i = 1; i <= visits; i++)
        {
            var visit = $"2026/01/20/{i:000000}";
            var clinic = random.Next(10) == 0 ? "102" : "101";
            sql.Append($"insert into reg_periksa (no_reg, no_rawat, tgl_registrasi, jam_reg, kd_dokter, no_rkm_medis, kd_poli, stts, stts_daftar, status_lanjut, kd_pj) values ('{i:000}', '{visit}', '2026-01-20', '{Time(7)}', 'D001', '1', '{clinic}', 'Belum', '{(random.Next(12) == 0 ? "Baru" : "Lama")}', 'Ralan', '{(random.Next(3) == 0 ? "BPJ" : "UMU")}');");
            if (random.Next(6) > 0)
                sql.Append($"insert into mutasi_berkas (no_rawat, dikirim, diterima, kembali, tidakada, ranap) values ('{visit}', {Moment(7)}, {Moment(7)}, {Moment(9)}, '0000-00-00', '0000-00-00');");
            foreach (var nip in (string[])["N001", "D001"])
            {
                if (random.Next(4) > 0)
                    sql.Append($"insert ignore into pemeriksaan_ralan (no_rawat, tgl_perawatan, jam_rawat, nip) values ('{visit}', '2026-01-{(random.Next(9) == 0 ? 21 : 20)}', '{Time(8)}', '{nip}');");
            }
        }
        return sql.ToString();

        string Time(int hour) => $"{hour + random.Next(2):00}:{random.Next(4) * 15:00}:00";
        string Moment(int hour) => random.Next(5) == 0 ? "'0000-00-00 00:00:00'" : $"'2026-01-{(random.Next(9) == 0 ? 21 : 20)} {Time(hour)}'";
    }
}
