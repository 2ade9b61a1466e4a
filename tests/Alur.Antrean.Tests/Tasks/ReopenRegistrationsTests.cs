namespace Alur.Antrean.Tests.Tasks;

/// <summary>BPJS forgets bookings: the visit is registered again, once, and in order.</summary>
public sealed class ReopenRegistrationsTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    public async Task A_booking_that_BPJS_lost_is_made_again_and_its_tasks_follow_in_order()
    {
        await using var hospital = await CheckedIn();
        await hospital.FullVisit("2026/01/20/000001"); // one that BPJS does not lose
        Assert.True(hospital.Bpjs.Forget(Visit));
        await hospital.Folder(Visit, sent: "07:10:00", received: "07:20:00");
        await hospital.Note(Visit, "07:30:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 FAILED_BPJS, 5 queued", await hospital.Standing(Visit));

        await hospital.Build();
        Assert.Equal("1 queued, 3 held REGISTER_NOT_SENT, 4 held REGISTER_NOT_SENT, 5 held REGISTER_NOT_SENT", await hospital.Standing(Visit));
        Assert.Equal(["1 PENDING 0", "3 CANCELLED 1", "4 CANCELLED 1", "5 CANCELLED 0"], await Queue(hospital));
        Assert.Contains($"BPJS does not know {Visit} any more: it is registered again, once", hospital.Log.Lines);
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal(["add", "3", "4 refused", "add", "3", "4", "5"], Calls(hospital));
        Assert.Equal(["3", "3", "4", "5"], hospital.Bpjs.Ledger.Tasks.Where(t => t.Kodebooking == Visit).Select(t => $"{t.Taskid}"));
        Assert.Equal("OBSERVED, QUEUED, SENT 200, REOPENED BOOKING_UNKNOWN: 201 Kode Booking tidak ditemukan, QUEUED, SENT 200", Short(await hospital.History(Visit, "1")));
        Assert.Contains("SENT 200, REOPENED BOOKING_UNKNOWN", Short(await hospital.History(Visit, "3")), StringComparison.Ordinal);
        Assert.Contains("HELD REGISTER_NOT_SENT, RELEASED, QUEUED, SENT 200", await hospital.History(Visit, "4"), StringComparison.Ordinal);
        Assert.Equal(["add", "3", "4", "5"], Calls(hospital, "2026/01/20/000001"));
        var counts = await hospital.Count();
        Assert.Equal((8L, 8L, 0L), (counts.Observed, counts.Sent, counts.Incomplete));
    }

    [Fact]
    public async Task The_second_time_the_task_stays_failed_with_what_BPJS_said()
    {
        await using var hospital = await CheckedIn();
        await Lose(hospital);
        await hospital.Build();
        await hospital.Deliver();
        Assert.True(hospital.Bpjs.Forget(Visit));
        await hospital.Settle();
        await hospital.Build();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 FAILED_BPJS, 4 held PREDECESSOR_FAILED", await hospital.Standing(Visit));
        Assert.Equal(["add", "3", "4 refused", "add", "3 refused"], Calls(hospital));
        Assert.StartsWith("BOOKING_UNKNOWN: ", await hospital.Scalar<string>("select failed_reason from antrean.tasks where task = '3'"), StringComparison.Ordinal);
        Assert.Equal(1, await hospital.Scalar<long>("select count(*) from antrean.task_history where task = '1' and event = 'REOPENED'"));
    }

    [Fact]
    public async Task A_day_that_is_over_and_a_site_that_only_watches_are_not_reopened()
    {
        await using var hospital = await CheckedIn();
        await Lose(hospital);
        await hospital.Execute("update antrean.sites set mode = 'observe'");
        await hospital.Build();
        Assert.StartsWith("1 SENT_BPJS, 3 SENT_BPJS, 4 FAILED_BPJS", await hospital.Standing(Visit), StringComparison.Ordinal);

        await hospital.Execute("update antrean.sites set mode = 'send'");
        await hospital.Execute("update antrean.visits set service_date = service_date - 1");
        await hospital.Build();
        Assert.StartsWith("1 SENT_BPJS, 3 SENT_BPJS, 4 FAILED_BPJS", await hospital.Standing(Visit), StringComparison.Ordinal);

        await hospital.Execute("update antrean.visits set service_date = service_date + 1");
        await hospital.Build();
        Assert.StartsWith("1 queued, 3 held REGISTER_NOT_SENT, 4 held REGISTER_NOT_SENT", await hospital.Standing(Visit), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_builders_at_once_reopen_once()
    {
        await using var hospital = await CheckedIn();
        await Lose(hospital);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(hospital.Build)));
        await hospital.Settle();

        Assert.Equal(["add", "3", "4 refused", "add", "3", "4"], Calls(hospital));
        Assert.Equal(1, await hospital.Scalar<long>("select count(*) from antrean.task_history where task = '1' and event = 'REOPENED'"));
    }

    private static async Task<TestHospital> CheckedIn()
    {
        var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Folder(Visit, sent: "07:10:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Settle();
        return hospital;
    }

    private static async Task Lose(TestHospital hospital)
    {
        Assert.True(hospital.Bpjs.Forget(Visit));
        await hospital.Folder(Visit, sent: "07:10:00", received: "07:20:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
    }

    private static string[] Calls(TestHospital hospital, string visit = Visit) =>
    [
        .. hospital.Bpjs.Ledger.Calls.Where(c => c.Kodebooking == visit)
            .Select(c => (c.Endpoint == "antrean/add" ? "add" : $"{c.Taskid}") + (c.Outcome == "accepted" ? "" : $" {c.Outcome}")),
    ];

    private static Task<List<string>> Queue(TestHospital hospital) =>
        hospital.Column("select task_id, status, attempts from antrean.bpjs_antrean_queue where visit_id = $1 order by task_id", Visit);

    private static string Short(string history) => history.Replace(", HELD REGISTER_NOT_SENT, RELEASED", "", StringComparison.Ordinal);
}
