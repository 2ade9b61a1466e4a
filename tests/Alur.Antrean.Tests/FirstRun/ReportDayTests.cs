using System.Globalization;
using Alur.Antrean.FirstRun;
using Alur.Antrean.Profiles;
using Alur.Platform.Results;
using Alur.Simulators.Khanza;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.FirstRun;

public sealed class ReportDayTests
{
    private static readonly DateOnly Today = new(2026, 1, 20);

    /// <summary>The hospital's own ledger, kept by rules of its own, says how much of a dirty day could be told.</summary>
    [Theory, InlineData(3), InlineData(11)]
    public async Task In_observe_mode_a_dirty_day_tells_exactly_what_would_have_been_sent(int seed)
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe", ["Profile"] = null });
        var ledger = await hospital.Play(PlanDay.From(new DayRequest(Today, 200, seed)));
        await hospital.Poll();
        await hospital.Build();

        var report = await Report(hospital);

        var there = ledger.Visits.Where(v => v.ServiceDate == Today && !v.State.Gone && v.Irregularity != Irregularity.UnreadableRegistration).ToList();
        var judged = there.Select(v => SendingRules.Judge(v.State with { ToldByDesktop = true })).ToList(); // the desktop will, as far as anybody can know
        Assert.Equal(
            SendingRules.Tasks.Select(task => (task, judged.Count(v => v.Any(t => t.Task == task && t.Standing is Standing.Sendable or Standing.ByDesktop)))),
            report.Tasks.Select(t => (t.Task, t.Sendable)));
        Assert.Equal(judged.Count(v => v.Any(t => t.Task == "1" && t.Standing == Standing.ByDesktop)), report.RegisteredByDesktop);
        Assert.Equal(judged.Count(v => v.Any(t => t.Task == "1" && t.Standing == Standing.Sendable)), report.RegisteredByUs);
        Assert.Equal(judged.Sum(v => v.Count(t => t.Standing == Standing.Sendable)), report.Calls);
        Assert.Equal(judged.Count(v => v.Count(t => t.Standing is Standing.Sendable or Standing.ByDesktop) == 4), report.Whole);
        Assert.Equal(there.Count(v => v.State.Cancelled), report.Cancelled);
        Assert.Equal(there.Count(v => v.State.Obstacle == "CLINIC_EXCLUDED" && !v.State.Cancelled), report.Excluded);
        Assert.Equal(0, report.Failed + report.Tasks.Sum(t => t.Sent));
        AddsUp(report);
        Assert.Contains(there, v => v.ServiceDate.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture) != v.VisitId[..10]);
        var stored = await hospital.Column("select visit_id from antrean.visits");
        var undated = await hospital.Column("select visit_id from antrean.undated_visits");
        Assert.Empty(ledger.Visits.Where(v => !v.State.Gone).Select(v => v.VisitId).Except(stored).Except(undated)); // nobody is in no report
        Assert.Equal(report.Undated, report.UndatedVisits.Select(v => v.VisitId).Except(stored).Count());
        var profiles = await Profiles(hospital);
        Assert.Equal(report.Visits - report.Cancelled - report.Excluded, profiles.Visits); // the same visits, whatever day their numbers are of
        Assert.Equal(report.Whole, Assert.Single(profiles.Named, p => p.Name == "khanza").Complete);
        Assert.DoesNotContain(hospital.Bpjs.Ledger.Calls, c => c.Sumber != "desktop");
    }

    [Fact]
    [Trait("Spec", "A-156")]
    public async Task What_holds_a_visit_first_is_its_reason_with_examples_and_who_can_mend_it()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await hospital.FullVisit("2026/01/20/000001");
        for (var i = 10; i < 22; i++)
        {
            await hospital.Register($"2026/01/20/0000{i}", clinic: "102", doctor: "D002"); // nobody mapped that clinic
            await hospital.Folder($"2026/01/20/0000{i}", sent: "08:00:00");
        }
        await hospital.FullVisit("2026/01/20/000030", sent: "08:00:00", received: "08:00:00", noted: "08:30:00");
        await hospital.Register("2026/01/20/000040");
        await hospital.Poll();
        await hospital.Build();

        var report = await Report(hospital);

        Assert.Equal((15, 1, 1, 13), (report.Visits, report.Whole, report.Unfinished, report.Held));
        Assert.Equal(["CLINIC_UNMAPPED 12 24 master data", "TIME_NOT_LATER 1 2 clinic"], report.Reasons.Select(r => $"{r.Reason} {r.Visits} {r.Tasks} {r.MendedBy}"));
        Assert.Equal("Poliklinik belum dipetakan ke kode BPJS.", report.Reasons[0].Indonesian);
        Assert.Equal(Enumerable.Range(10, 10).Select(i => $"2026/01/20/0000{i} 1 Poli Mata dr. Dua"), report.Reasons[0].Examples.Select(e => $"{e.VisitId} {e.Task} {e.Poli} {e.Dokter}"));
        Assert.Equal(("4", null), (Assert.Single(report.Reasons[1].Examples).Task, report.Reasons[1].Examples[0].Absent));
        AddsUp(report);
    }

    [Fact]
    public async Task A_task_that_waits_for_one_that_is_not_in_khanza_names_it()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await hospital.Register("2026/01/20/000001");
        await hospital.Folder("2026/01/20/000001", sent: "07:10:00"); // it never arrived
        await hospital.Note("2026/01/20/000001", "07:30:00");
        await hospital.Poll();
        await hospital.Build();

        var reason = Assert.Single((await Report(hospital)).Reasons);

        Assert.Equal(("PREDECESSOR_MISSING", "5", "4"), (reason.Reason, Assert.Single(reason.Examples).Task, reason.Examples[0].Absent));
    }

    [Fact]
    public async Task Of_a_site_that_sends_it_tells_what_was_sent_and_what_failed()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit("2026/01/20/000001");
        await hospital.Register("2026/01/20/000002", payer: "BPJ"); // waits for the desktop
        await hospital.FullVisit("2026/01/20/000003");
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Execute("update antrean.tasks set status = 'FAILED_BPJS', failed_reason = 'refused', sent_at = null where visit_id = '2026/01/20/000003' and task = '5'");

        var report = await Report(hospital);

        Assert.Equal((3, 1, 1, 1, "send"), (report.Visits, report.Whole, report.Failed, report.Held, report.Mode));
        Assert.Equal([2, 2, 2, 1], report.Tasks.Select(t => t.Sent));
        Assert.Equal("REGISTER_NOT_SENT", Assert.Single(report.Reasons).Reason);
        Assert.Equal((2, 0, 7), (report.RegisteredByUs, report.RegisteredByDesktop, report.Calls));
        AddsUp(report);
    }

    [Fact]
    public async Task The_api_gives_the_same_and_a_site_that_was_never_served_is_told_what_to_do()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await hospital.FullVisit("2026/01/20/000001");
        await hospital.Poll();
        await using var app = await hospital.Serve();

        var report = await app.GetData("/api/antrean/report?date=2026-01-20");
        var empty = await app.GetData("/api/antrean/report?date=2026-01-19");
        await hospital.Execute("update antrean.sites set code = 'other'");

        Assert.Equal((1, 1, 4, false), ((int)report["visits"]!, (int)report["whole"]!, (int)report["calls"]!, (bool)report["day_over"]!));
        Assert.Equal((0, true), ((int)empty["visits"]!, (bool)empty["day_over"]!));
        await Refusal.Of(app.AsApiCaller().GetAsync("/api/antrean/report"), System.Net.HttpStatusCode.Conflict, "SITE_NEVER_SERVED", "site");
        await Refusal.Of(app.AsApiCaller().GetAsync("/api/antrean/report?site=nowhere"), System.Net.HttpStatusCode.NotFound, "SITE_NOT_FOUND", "site");
    }

    private static void AddsUp(DayReport r)
    {
        Assert.Equal(r.Visits, r.Whole + r.Unfinished + r.Held + r.Failed + r.Cancelled + r.Excluded);
        Assert.Equal(r.Held, r.Reasons.Sum(x => x.Visits));
        Assert.All(r.Tasks, t => Assert.Equal((t.Observed, r.Visits - r.Cancelled - r.Excluded), (t.Sendable + t.Sent + t.Held + t.Failed, t.Observed + t.Missing)));
    }

    private static async Task<ProfileReport> Profiles(TestHospital hospital) => (await hospital.Services
        .GetRequiredService<Func<ProfileRequest, CancellationToken, Task<Result<ProfileReport>>>>()(new(TestHospital.Code, 1, Today), CancellationToken.None)).Value;

    private static async Task<DayReport> Report(TestHospital hospital) => (await hospital.Services
        .GetRequiredService<Func<DayReportRequest, CancellationToken, Task<Result<DayReport>>>>()(new(TestHospital.Code, Today), CancellationToken.None)).Value;
}
