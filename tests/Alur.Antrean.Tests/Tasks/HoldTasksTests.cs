using System.Globalization;
using Alur.Antrean.Tasks;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>What is held, why, and what releases it.</summary>
public sealed class HoldTasksTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Failure", "5.4")]
    [Trait("Failure", "5.5")]
    [Trait("Failure", "5.6")]
    [Trait("Spec", "A-157")]
    public async Task Tasks_must_be_in_order_strictly_later_and_on_the_day()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit("2026/01/20/000001", sent: "08:00:00", received: "08:00:00"); // equal, as often
        await hospital.FullVisit("2026/01/20/000002", sent: "08:00:00", received: "07:50:00"); // reversed
        await hospital.FullVisit("2026/01/20/000003", sent: "2026-01-21 08:00:00", received: "08:10:00", noted: "08:20:00"); // other day
        await hospital.Register("2026/01/20/000004"); // 4 without 3
        await hospital.Folder("2026/01/20/000004", received: "08:10:00");
        await hospital.FullVisit("2026/01/20/000005", sent: "08:00:00", received: "08:10:00", noted: "23:00:00"); // not yet
        await hospital.Register("2026/01/20/000006", patient: "Baru");
        await hospital.Folder("2026/01/20/000006", sent: "08:00:00");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 held TIME_NOT_LATER, 5 held PREDECESSOR_MISSING", await hospital.Standing("2026/01/20/000001"));
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 held TIME_NOT_LATER, 5 held PREDECESSOR_MISSING", await hospital.Standing("2026/01/20/000002"));
        Assert.Equal("1 SENT_BPJS, 3 held TIME_WRONG_DAY, 4 held PREDECESSOR_MISSING, 5 held PREDECESSOR_MISSING", await hospital.Standing("2026/01/20/000003"));
        Assert.Equal("1 SENT_BPJS, 4 held PREDECESSOR_MISSING", await hospital.Standing("2026/01/20/000004"));
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 held TIME_IN_FUTURE", await hospital.Standing("2026/01/20/000005"));
        Assert.Equal("1 SENT_BPJS, 3 held NEW_PATIENT_NEEDS_ADMISSION_TASKS", await hospital.Standing("2026/01/20/000006"));
        Assert.Empty(hospital.Bpjs.Ledger.Refusals);

        hospital.Clock.Now = hospital.Clock.Now.AddHours(3.5);
        await hospital.Settle();
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing("2026/01/20/000005"));
    }

    [Fact]
    public async Task A_correction_in_Khanza_releases_a_hold_by_itself()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit, sent: "08:00:00", received: "08:00:00", noted: "08:30:00");
        await hospital.Poll();
        await hospital.Settle();

        await hospital.Folder(Visit, sent: "08:00:00", received: "08:10:00");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal([1768867200000 + 3600_000, 1768867200000 + 3600_000 + 600_000], hospital.Bpjs.Ledger.Tasks.Take(2).Select(t => t.Waktu));
    }

    [Fact]
    public async Task Observe_mode_shows_what_would_be_sent_and_sends_nothing()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await hospital.FullVisit(Visit, sent: "08:00:00", received: "08:10:00", noted: "08:10:00");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 held OBSERVE_MODE, 3 held OBSERVE_MODE, 4 held OBSERVE_MODE, 5 held TIME_NOT_LATER", await hospital.Standing(Visit));
        Assert.Equal(0, await hospital.Scalar<long>("select count(*) from delivery.jobs"));
        Assert.Empty(hospital.Bpjs.Ledger.Calls);
    }

    [Fact]
    public async Task Observe_mode_judges_past_days_and_desk_patients_as_if_they_could_be_sent()
    {
        await using var hospital = await TestHospital.Open(new() { ["Mode"] = "observe", ["SendFrom"] = "2026-01-21T00:00:00" });
        await hospital.Register("2026/01/19/000001", doctor: "D002", clinic: "102"); // no schedule on a Monday, no mapping
        await hospital.Register(Visit);
        await hospital.Register("2026/01/20/000002", payer: "BPJ"); // the desktop would register this one
        foreach (var visit in (string[])[Visit, "2026/01/20/000002"])
        {
            await hospital.Folder(visit, sent: "08:00:00", received: "08:10:00");
            await hospital.Note(visit, "08:05:00");
        }

        hospital.Clock.Now = hospital.Clock.Now.AddDays(1);
        await hospital.Poll();
        await hospital.Settle();

        const string Shown = "1 held OBSERVE_MODE, 3 held OBSERVE_MODE, 4 held OBSERVE_MODE, 5 held TIME_NOT_LATER";
        Assert.Equal(Shown, await hospital.Standing(Visit));
        Assert.Equal(Shown, await hospital.Standing("2026/01/20/000002"));
        Assert.Equal("1 held CLINIC_UNMAPPED", await hospital.Standing("2026/01/19/000001"));
        Assert.Empty(hospital.Bpjs.Ledger.Calls);
    }

    [Fact]
    public async Task A_desk_patient_of_an_unmapped_clinic_shows_what_can_be_mended_until_BPJS_has_the_visit()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, payer: "BPJ", clinic: "102", doctor: "D002");
        await hospital.Poll();
        await hospital.Settle();
        Assert.Equal("1 held CLINIC_UNMAPPED", await hospital.Standing(Visit));
        Assert.Equal("BLOCKED_BPJS", (string)(await hospital.Event(Visit))!["status"]!);

        await hospital.Khanza.Execute("insert into maping_poli_bpjs (kd_poli_rs, kd_poli_bpjs, nm_poli_bpjs) values ('102', 'MAT', 'MATA')");
        await hospital.Poll();
        Assert.Equal("1 held REGISTER_NOT_SENT", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task Visits_before_the_start_and_days_that_are_over_are_not_registered()
    {
        await using var hospital = await TestHospital.Open(new() { ["SendFrom"] = "2026-01-20T08:00:00" });
        await hospital.Register("2026/01/20/000001", at: "07:59:59");
        await hospital.Register("2026/01/20/000002", at: "08:00:00");
        await hospital.Poll();
        Assert.Equal("1 held OUTSIDE_SEND_FROM", await hospital.Standing("2026/01/20/000001"));
        Assert.Equal("1 DRAFT", await hospital.Standing("2026/01/20/000002"));

        await hospital.Build();
        hospital.Clock.Now = new(2026, 1, 21, 0, 0, 0, TimeSpan.FromHours(7)); // queued, but midnight came first
        await hospital.Build();

        Assert.Equal("1 held OUTSIDE_SEND_FROM", await hospital.Standing("2026/01/20/000002"));
        Assert.Equal(["CANCELLED"], await hospital.Column("select status from antrean.bpjs_antrean_queue"));
    }

    [Fact]
    public async Task The_tasks_of_a_visit_that_cannot_be_registered_any_more_say_so_and_blame_nobody()
    {
        await using var hospital = await TestHospital.Open(new() { ["SendFrom"] = "2026-01-20T00:00:00" });
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        hospital.Clock.Now = new(2026, 1, 21, 8, 0, 0, TimeSpan.FromHours(7));
        await hospital.Build();

        Assert.Equal("1 held OUTSIDE_SEND_FROM, 3 held OUTSIDE_SEND_FROM, 4 held OUTSIDE_SEND_FROM, 5 held OUTSIDE_SEND_FROM", await hospital.Standing(Visit));
        var reason = Assert.Single(HeldReasons.All, r => r.Code == "OUTSIDE_SEND_FROM");
        Assert.Contains("before SendFrom", reason.English, StringComparison.Ordinal);
        Assert.Contains("its day is over", reason.English, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("24:00:00"), InlineData("-07:00:00")]
    public async Task A_visit_whose_time_cannot_be_read_is_held_whole_until_it_is_mended(string jamReg)
    {
        await using var hospital = await TestHospital.Open(new() { ["SendFrom"] = "2026-01-20T00:00:00" });
        await hospital.FullVisit(Visit, at: jamReg);
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 held TIME_UNREADABLE, 3 held TIME_UNREADABLE, 4 held TIME_UNREADABLE, 5 held TIME_UNREADABLE", await hospital.Standing(Visit));
        var shown = (await hospital.Event(Visit))!;
        Assert.Equal(("BLOCKED_BPJS", null), ((string)shown["status"]!, shown["event_time"]));
        Assert.Empty(hospital.Bpjs.Ledger.Calls);

        await hospital.Khanza.Execute("update reg_periksa set jam_reg = '07:00:00'");
        await hospital.Poll();
        await hospital.Settle();
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task A_booking_is_before_or_after_the_start_by_the_hours_it_is_for()
    {
        await using var hospital = await TestHospital.Open(new() { ["SendFrom"] = "2026-01-20T08:00:00" });
        await hospital.Register(Visit, at: "19:30:00", payer: "BPJ"); // booked on some evening, for 07:00
        await hospital.Book("20260120000001", Visit);
        await hospital.Register("2026/01/21/000001", at: "05:00:00", payer: "BPJ");
        await hospital.Book("20260121000001", "2026/01/21/000001", day: "2026-01-21");
        await hospital.Poll();

        Assert.Equal("1 held OUTSIDE_SEND_FROM", await hospital.Standing(Visit));
        Assert.Equal("1 DRAFT", await hospital.Standing("2026/01/21/000001"));
    }

    [Theory]
    [Trait("Failure", "5.6")]
    [Trait("Spec", "A-159")]
    [InlineData("Asia/Jakarta", "2026-01-20T16:59:59Z", "2026-01-20T17:00:00Z")]
    [InlineData("Asia/Makassar", "2026-01-20T15:59:59Z", "2026-01-20T16:00:00Z")]
    [InlineData("Asia/Jayapura", "2026-01-20T14:59:59Z", "2026-01-20T15:00:00Z")]
    public async Task The_day_ends_at_the_hospitals_own_midnight(string zone, string before, string after)
    {
        await using var hospital = await TestHospital.Open(new() { ["Zone"] = zone });
        await hospital.Register(Visit);
        hospital.Clock.Now = DateTimeOffset.Parse(before, CultureInfo.InvariantCulture);
        await hospital.Poll();
        Assert.Equal("1 DRAFT", await hospital.Standing(Visit));

        hospital.Clock.Now = DateTimeOffset.Parse(after, CultureInfo.InvariantCulture);
        await hospital.Build();

        Assert.Equal("1 held OUTSIDE_SEND_FROM", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task A_moment_that_is_yesterday_in_Jakarta_is_held_in_the_east_because_BPJS_counts_in_Jakarta()
    {
        await using var hospital = await TestHospital.Open(new() { ["Zone"] = "Asia/Jayapura" });
        await hospital.Register(Visit, at: "00:10:00");
        await hospital.Folder(Visit, sent: "00:30:00");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 held TIME_WRONG_DAY", await hospital.Standing(Visit));
    }
}
