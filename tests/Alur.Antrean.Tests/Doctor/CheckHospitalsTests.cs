using Alur.Antrean.Doctor;
using Alur.Antrean.Sites;
using Alur.Antrean.Tests.References;
using Alur.Platform.Doctor;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Doctor;

public sealed class CheckHospitalsTests
{
    private static readonly Dictionary<string, string?> Local = new() { ["Khanza:Host"] = "127.0.0.1", ["Zone"] = "UTC" };

    [Fact]
    public async Task A_sound_hospital_has_nothing_but_good_news()
    {
        await using var hospital = await TestHospital.Open(Local);
        await hospital.Register("2026/01/20/000001");
        await hospital.Poll();
        hospital.Bpjs.SetHfis(ReferenceDay.Agreed);
        await hospital.Refresh();

        var findings = await Look(hospital);

        Assert.All(findings, f => Assert.True(f.Level == FindingLevel.Ok && f.Subject == "default", f.ToString()));
        Assert.Equal(
            ["antrean.polling", "bpjs", "bpjs.clock", "bpjs.references", "khanza", "khanza.clock", "khanza.grants", "khanza.mappings", "khanza.plans", "khanza.schema", "khanza.tls"],
            findings.Select(f => f.Check).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Spec", "A-001")]
    public async Task An_account_that_may_write_is_wrong_and_its_password_is_not_repeated()
    {
        await using var hospital = await TestHospital.Open(Local);
        await hospital.Khanza.Server.RunAsRoot($"grant update, delete on `{hospital.Khanza.Name}`.reg_periksa to '{hospital.Khanza.ReaderOptions.User}'@'%'");

        var grants = Assert.Single(await Look(hospital), f => f.Check == "khanza.grants");

        Assert.Equal(FindingLevel.Wrong, grants.Level);
        Assert.Contains("UPDATE, DELETE on", grants.Found.English, StringComparison.Ordinal);
        Assert.DoesNotContain("PASSWORD", grants.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_is_missing_in_the_schema_is_named_with_the_table()
    {
        await using var hospital = await TestHospital.Open(Local);
        await hospital.Khanza.Execute("""
            alter table mutasi_berkas drop column diterima;
            alter table referensi_mobilejkn_bpjs drop key no_rawat;
            alter table petugas engine = MyISAM;
            drop table maping_poli_bpjs;
            """);

        var findings = (await Look(hospital)).Where(f => f.Level != FindingLevel.Ok).ToList();

        Assert.Contains(findings, f => f is { Check: "khanza.schema", Level: FindingLevel.Wrong } && f.Found.English.Contains("mutasi_berkas lacks diterima", StringComparison.Ordinal));
        Assert.Contains(findings, f => f is { Check: "khanza.schema", Level: FindingLevel.Wrong } && f.Found.English.Contains("maping_poli_bpjs", StringComparison.Ordinal));
        Assert.Contains(findings, f => f is { Check: "khanza.index", Level: FindingLevel.Warning } && f.Found.English.Contains("referensi_mobilejkn_bpjs.no_rawat", StringComparison.Ordinal));
        Assert.Contains(findings, f => f is { Check: "khanza.engine", Level: FindingLevel.Warning } && f.Found.English.Contains("petugas is MyISAM", StringComparison.Ordinal));
        Assert.All(findings, f => Assert.NotNull(f.Do));
    }

    [Fact]
    public async Task A_statement_that_would_walk_through_a_table_is_named()
    {
        await using var hospital = await TestHospital.Open(Local);
        await hospital.Khanza.Execute("""
            alter table referensi_mobilejkn_bpjs drop key no_rawat;
            insert into referensi_mobilejkn_bpjs (nobooking, no_rawat) select concat('20250101', lpad(seq, 6, '0')), concat('2025/01/01/', lpad(seq, 6, '0')) from seq_1_to_3000;
            analyze table referensi_mobilejkn_bpjs;
            """);

        var plan = Assert.Single(await Look(hospital), f => f.Check == "khanza.plans");

        Assert.Equal(FindingLevel.Warning, plan.Level);
        Assert.Contains("referensi_mobilejkn_bpjs", plan.Found.Indonesian, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_khanza_server_with_another_clock_or_zone_is_noticed()
    {
        await using var hospital = await TestHospital.Open(
            new(Local) { ["Zone"] = "Asia/Jakarta" }, khanza: real => new AdjustedDatabase(real, "set time_zone = '+00:00', timestamp = unix_timestamp() - 600"));

        var findings = await Look(hospital);

        var clock = Assert.Single(findings, f => f.Check == "khanza.clock");
        Assert.Equal(FindingLevel.Wrong, clock.Level);
        Assert.Matches("(599|600|601) s behind", clock.Found.English);
        Assert.Contains("UTC+07:00", Assert.Single(findings, f => f.Check == "khanza.zone").Found.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mappings_that_are_missing_come_with_the_visits_they_hold()
    {
        await using var hospital = await TestHospital.Open(Local);
        await hospital.Khanza.Execute("update maping_dokter_dpjpvclaim set kd_dokter_bpjs = '' where kd_dokter = 'D002'");
        await hospital.Register("2026/01/20/000001", clinic: "102", doctor: "D002");
        await hospital.Register("2026/01/19/000002", clinic: "102");
        await hospital.Register("2026/01/20/000003");
        await hospital.Register("2026/01/20/000004", clinic: "102");
        await hospital.Khanza.Execute("update reg_periksa set stts = 'Batal' where no_rawat = '2026/01/20/000004'");
        await hospital.Register("2026/01/10/000005", clinic: "102"); // longer ago

        var findings = (await Look(hospital)).Where(f => f.Check == "khanza.mappings").ToList();

        Assert.Contains("102 Poli Mata (2)", findings[0].Found.Indonesian, StringComparison.Ordinal);
        Assert.Contains("D002 dr. Dua (1)", findings[1].Found.Indonesian, StringComparison.Ordinal);
        Assert.All(findings, f => Assert.DoesNotContain("Karangan", f.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_nobody_uses_any_more_is_noticed()
    {
        await using var hospital = await TestHospital.Open(Local);
        await hospital.Register("2026/01/10/000001");

        Assert.Equal(FindingLevel.Warning, Assert.Single(await Look(hospital), f => f.Check == "khanza.visits").Level);
    }

    [Fact]
    public async Task A_profile_of_columns_that_this_khanza_lacks_is_wrong()
    {
        await using var hospital = await TestHospital.Open(new(Local) { ["Profile"] = "task-columns" });

        var schema = Assert.Single(await Look(hospital), f => f.Check == "khanza.schema");

        Assert.Equal(FindingLevel.Wrong, schema.Level);
        Assert.Contains("task_id_3, task_id_4, task_id_5", schema.Found.English, StringComparison.Ordinal);
        Assert.Contains("./alur antrean profile", schema.Do!.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_khanza_that_is_closed_to_us_is_told_with_what_to_check_and_bpjs_is_looked_at_all_the_same()
    {
        await using var hospital = await TestHospital.Open(
            Local, khanza: real => new Alur.MariaDb.MariaDbDataSource(((Alur.MariaDb.MariaDbDataSource)real).Options with { Password = "not it" }));

        var findings = await Look(hospital);

        Assert.Contains("Khanza:Password", Assert.Single(findings, f => f is { Check: "khanza", Level: FindingLevel.Wrong }).Do!.English, StringComparison.Ordinal);
        Assert.Contains(findings, f => f is { Check: "bpjs", Level: FindingLevel.Ok });
        Assert.DoesNotContain(findings, f => f.ToString().Contains("not it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hospital_without_settings_is_told_which_keys_are_missing()
    {
        await using var hospital = await TestHospital.Open(new(Local) { ["Khanza:User"] = null, ["Bpjs:SecretKey"] = null });

        var findings = await Look(hospital);

        Assert.Contains(findings, f => f is { Check: "khanza", Level: FindingLevel.Wrong } && f.Found.Indonesian.Contains("Antrean:Sites:default:Khanza:User", StringComparison.Ordinal));
        Assert.Contains(findings, f => f is { Check: "bpjs", Level: FindingLevel.Wrong } && f.Found.Indonesian.Contains("Antrean:Sites:default:Bpjs:SecretKey", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_last_poll_that_failed_or_is_long_ago_is_told()
    {
        await using var hospital = await TestHospital.Open(Local);
        async Task<FindingLevel> Polling() => Assert.Single(await Look(hospital), f => f.Check == "antrean.polling").Level;

        var never = await Polling();
        await hospital.Poll();
        await hospital.Execute("update antrean.sites set last_poll_at = now() - interval '11 minutes'");
        var old = await Polling();
        await hospital.Execute("update antrean.sites set last_poll_error = 'the server has gone away'");

        Assert.Equal((FindingLevel.Warning, FindingLevel.Warning, FindingLevel.Wrong), (never, old, await Polling()));
    }

    [Fact]
    public async Task Without_our_database_khanza_and_bpjs_are_still_looked_at()
    {
        await using var hospital = await TestHospital.Open(Local);
        var check = hospital.Services.GetServices<IDoctorCheck>().Single(c => c.OnlyWithDatabase is null);

        var findings = await check.Run(new DoctorRound("default", Database: null), CancellationToken.None);

        var running = await check.Run(new DoctorRound("default", hospital.Db), CancellationToken.None);

        // The same tables either way: without a catalogue the tasks are assumed that it has from the beginning.
        Assert.Equal("Every column that is read is there (11 tables).", Assert.Single(findings, f => f.Check == "khanza.schema").Found.English);
        Assert.Equal(findings.Select(f => f.Check), running.Select(f => f.Check));
        Assert.Contains("(11 tables)", Assert.Single(running, f => f.Check == "khanza.schema").Found.English, StringComparison.Ordinal);
        Assert.Equal(TaskProfiles.Enabled, (await SiteDirectory.EnabledTasks(hospital.Db, CancellationToken.None)).Intersect(TaskProfiles.Tasks).Order(StringComparer.Ordinal));
        Assert.Contains(findings, f => f.Check == "bpjs");
        Assert.Empty(await check.Run(new DoctorRound("elsewhere", Database: null), CancellationToken.None));
    }

    [Fact]
    public async Task The_doctor_cannot_write_to_khanza_whatever_the_account_may_do()
    {
        await using var database = await MariaDbTestServer.CreateDatabase();
        await database.Execute("create table t (i int)");
        await using var talk = await KhanzaTalk.Open(database.Writer, timeoutSeconds: 10, CancellationToken.None);

        var refused = await Assert.ThrowsAsync<Alur.MariaDb.MariaDbException>(() => talk.Rows("insert into t values (1)", CancellationToken.None));

        Assert.Equal(1792, refused.Number);
    }

    private static async Task<List<Finding>> Look(TestHospital hospital)
    {
        var findings = new List<Finding>();
        foreach (var check in hospital.Services.GetServices<IDoctorCheck>())
            findings.AddRange(await check.Run(new DoctorRound(Subject: null, hospital.Db), CancellationToken.None));
        return findings;
    }
}
