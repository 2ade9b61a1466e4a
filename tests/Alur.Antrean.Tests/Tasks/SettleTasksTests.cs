using System.Globalization;
using System.Text.Json.Nodes;
using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;
using Alur.Simulators.Bpjs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>What the worker's results do to the tasks: through the real delivery engine, against the BPJS stand-in or a scripted channel.</summary>
public sealed class SettleTasksTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-035")]
    [Trait("Spec", "A-036")]
    [Trait("Spec", "A-075")]
    [Trait("Spec", "A-076")]
    [Trait("Spec", "A-097")]
    [Trait("Spec", "A-098")]
    [Trait("Spec", "A-109")]
    [Trait("Spec", "A-116")]
    [Trait("Spec", "A-137")]
    [Trait("Spec", "A-141")]
    public async Task Success_marks_the_task_sent_and_the_status_with_it()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.SendRegistration(Visit, folderSent: "08:00:00");

        Assert.Equal("SENT_BPJS", (string)(await hospital.Event(Visit))!["status"]!);
        Assert.Equal("1 SentBpjs sentAt, 3 Draft", await Progress(hospital));
        Assert.Equal(["1 SEND"], await hospital.Column("select task_id, status from antrean.bpjs_antrean_queue"));
        Assert.Contains("Success: 2026/01/20/001234 sent to BPJS (code: 200)", hospital.Log.Lines);

        await hospital.Settle();
        Assert.Equal("1 SentBpjs sentAt, 3 SentBpjs sentAt", await Progress(hospital));
        Assert.Equal("OBSERVED, HELD REGISTER_NOT_SENT, RELEASED, QUEUED, SENT 200", await hospital.History(Visit, "3"));
        Assert.Equal(0, (await hospital.Build()).Queued);
    }

    [Fact]
    public async Task A_result_that_cannot_be_stored_fails_the_task_once_instead_of_calling_again_and_again()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Owner("""
            create function antrean.refuse_sent() returns trigger language plpgsql as $$ begin raise exception 'no room' using errcode = 'check_violation'; end $$;
            create trigger refuse_sent before update on antrean.tasks for each row when (new.status = 'SENT_BPJS') execute function antrean.refuse_sent();
            """);
        await hospital.Register(Visit);
        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();
        for (var minute = 0; minute < 3; minute++)
        {
            await hospital.Build();
            await hospital.Deliver();
        }

        Assert.Single(hospital.Bpjs.Ledger.Calls);
        Assert.Equal("1 FAILED_BPJS, 3 held REGISTER_NOT_SENT", await hospital.Standing(Visit));
        Assert.EndsWith("FAILED The result could not be stored: no room", await hospital.History(Visit, "1"), StringComparison.Ordinal);
        Assert.Contains("Site default: tasks that failed because the result of their call could not be stored: 1", hospital.Log.Lines);

        // Mended and asked for, it goes on.
        await hospital.Owner("drop trigger refuse_sent on antrean.tasks");
        await hospital.Services.GetRequiredService<DeliveryQueue>().Requeue(new RequeueFilter { Channel = hospital.Site.Channel }, "admin", CancellationToken.None);
        await hospital.Settle();
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    [Trait("Failure", "5.1")]
    [Trait("Spec", "A-036")]
    public async Task A_208_is_success_that_was_there_before()
    {
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(job => new Delivered(AlreadyThere: true), code: "208"));
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal(["SENT_BPJS True"], await hospital.Column("select status, already_there from antrean.tasks"));
        Assert.Equal(1, (await hospital.Count()).AlreadyThere);
    }

    [Fact]
    [Trait("Spec", "A-038")]
    [Trait("Spec", "A-077")]
    [Trait("Spec", "A-081")]
    [Trait("Spec", "A-099")]
    public async Task The_fifth_failure_fails_the_task_with_its_reason_and_holds_what_follows()
    {
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(job =>
            job.Step == 50 ? new RetryLater("Connection timeout after 5 retries", IsOutage: false) : new Delivered()));
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Settle();
        for (var attempt = 2; attempt <= 5; attempt++)
        {
            Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 queued, 5 queued", await hospital.Standing(Visit));
            await hospital.MakeDue();
            await hospital.Deliver();
        }
        await hospital.Build();

        var progress = JsonNode.Parse(await hospital.Progress(Visit))!;
        Assert.Equal("""{"status":"FAILED_BPJS","failedReason":"Connection timeout after 5 retries"}""", Sorted(progress["4"]!));
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 FAILED_BPJS, 5 held PREDECESSOR_FAILED", await hospital.Standing(Visit));
        Assert.Equal(["4 FAILED 5", "5 CANCELLED 0"], await hospital.Column("select task_id, status, attempts from antrean.bpjs_antrean_queue where task_id > '3' order by 1"));
    }

    [Fact]
    [Trait("Failure", "5.17")]
    public async Task Cancelled_at_BPJS_cancels_the_rest_of_the_visit()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.SendRegistration(Visit, folderSent: "07:10:00");
        Assert.True(hospital.Bpjs.CancelAsPatient(Visit));

        await hospital.Settle();
        await hospital.Note(Visit, "08:00:00");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 cancelled CANCELLED_AT_BPJS, 5 cancelled CANCELLED_AT_BPJS", await hospital.Standing(Visit));
        Assert.Equal("CANCELLED_AT_BPJS", await hospital.Scalar<string>("select cancelled_reason from antrean.visits"));
    }

    [Fact]
    [Trait("Spec", "A-039")]
    [Trait("Spec", "A-043")]
    [Trait("Spec", "A-045")]
    [Trait("Spec", "A-085")]
    [Trait("Spec", "A-100")]
    [Trait("Spec", "A-101")]
    [Trait("Spec", "A-102")]
    [Trait("Spec", "A-103")]
    [Trait("Spec", "A-104")]
    public async Task A_whole_visit_goes_from_Khanza_to_BPJS_in_one_record()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit, at: "07:00:00", sent: "07:10:00", received: "07:20:00", noted: "07:30:00");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SentBpjs sentAt, 3 SentBpjs sentAt, 4 SentBpjs sentAt, 5 SentBpjs sentAt", await Progress(hospital));
        Assert.Equal("SENT_BPJS", (string)(await hospital.Event(Visit))!["status"]!);
        var ledger = hospital.Bpjs.Ledger;
        Assert.Equal(Visit, ledger.Bookings.Single().Kodebooking);
        Assert.Equal(
            ["3 2026-01-20T00:10:00", "4 2026-01-20T00:20:00", "5 2026-01-20T00:30:00"],
            ledger.Tasks.Select(t => $"{t.Taskid} {DateTimeOffset.FromUnixTimeMilliseconds(t.Waktu).UtcDateTime.ToString("s", CultureInfo.InvariantCulture)}"));
        Assert.Equal((0, 0, 4), (ledger.Refusals.Count, ledger.Calls.Count(c => c.Duplicate), ledger.Calls.Count));
        var counts = await hospital.Count();
        Assert.Equal((4L, 4L, 0L, 0L, 0L, 0L), (counts.Observed, counts.Sent, counts.Held + counts.Failed, counts.Cancelled, counts.Pending, counts.Incomplete));
    }

    [Fact]
    [Trait("Spec", "A-080")]
    public async Task After_registration_and_check_in_the_record_is_the_specified_one()
    {
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(job => job.Step > 40 ? new NotYet(DateTimeOffset.UtcNow.AddHours(1), "later") : new Delivered()));
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Owner("update antrean.tasks set sent_at = case task when '1' then timestamptz '2026-01-20T10:00:00Z' else timestamptz '2026-01-20T10:05:00Z' end where sent_at is not null");

        var seen = (await hospital.Event(Visit))!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"visit_id":"2026/01/20/001234","status":"SENT_BPJS","task_progress":{
                "1":{"status":"SENT_BPJS","sentAt":"2026-01-20T10:00:00Z"},"3":{"status":"SENT_BPJS","sentAt":"2026-01-20T10:05:00Z"},
                "4":{"status":"DRAFT"},"5":{"status":"DRAFT"}}}
            """), new JsonObject(new[] { "visit_id", "status", "task_progress" }.Select(f => KeyValuePair.Create(f, seen[f]?.DeepClone())))), seen.ToJsonString());
    }

    [Fact]
    [Trait("Spec", "A-040")]
    [Trait("Spec", "A-046")]
    [Trait("Spec", "A-152")]
    public async Task Every_call_is_logged_with_its_visit_and_task()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        hospital.Bpjs.SetFaults(new BpjsFaults { ServerError = 1 });
        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
        hospital.Bpjs.SetFaults(BpjsFaults.None);
        await hospital.MakeDue();
        await hospital.Settle();

        Assert.Equal(
            ["2026/01/20/001234 1 500 RETRY_LATER", "2026/01/20/001234 1 200 DELIVERED", "2026/01/20/001234 3 200 DELIVERED", "2026/01/20/001234 4 200 DELIVERED", "2026/01/20/001234 5 200 DELIVERED"],
            await hospital.Column("select visit_id, task_id, http_code, outcome from antrean.bpjs_antrean_logs where visit_id = $1 order by id", Visit));
        Assert.Equal(hospital.Bpjs.Ledger.Calls.Count, await hospital.Scalar<long>("select count(*) from antrean.bpjs_antrean_logs where request_payload is not null"));
    }

    [Fact]
    [Trait("Spec", "A-084")]
    public async Task Any_number_of_tasks_is_written_by_one_update()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
        await hospital.Build();
        await hospital.Owner("""
            create table antrean.updates (id bigint generated always as identity, tasks int);
            grant select on antrean.updates to alur_app;
            create function antrean.note_update() returns trigger language plpgsql security definer as $$
            begin
                insert into antrean.updates (tasks) select count(*) from written having count(*) > 0;
                return null;
            end $$;
            create trigger note_update after update on antrean.tasks referencing new table as written
                for each statement execute function antrean.note_update();
            """);

        await hospital.Folder(Visit, sent: "07:11:00", received: "07:21:00");
        await hospital.Poll();
        Assert.Equal(["2"], await hospital.Column("select tasks from antrean.updates order by id"));
        await hospital.Build();
        await hospital.Deliver();
        Assert.Equal(["2", "2", "3"], await hospital.Column("select tasks from antrean.updates order by id"));
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Visit));
    }

    private static async Task<string> Progress(TestHospital hospital)
    {
        var progress = TaskProgress.Parse(await hospital.Progress(Visit));
        Assert.All(progress.Tasks.Values, t => Assert.True(t.SentAt is null || DateTime.UtcNow - t.SentAt < TimeSpan.FromMinutes(2)));
        return string.Join(", ", progress.Tasks.Select(t => $"{t.Key} {t.Value.Status}{(t.Value.SentAt is null ? "" : " sentAt")}"));
    }

    private static string Sorted(JsonNode entry) => TaskProgress.Parse(new JsonObject { ["4"] = entry.DeepClone() }.ToJsonString()).ToJson()[5..^1];
}
