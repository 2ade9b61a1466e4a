using Alur.Platform.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>What corrections and operators do to tasks that failed, are under way, or were sent.</summary>
public sealed class CorrectionTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-049")]
    [Trait("Spec", "A-147")]
    public async Task An_operators_requeue_makes_a_draft_again_and_what_waited_behind_follows()
    {
        var refuse = true;
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(job => job.Step == 50 && refuse ? new Rejected("no") : new Delivered()));
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Settle();
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 FAILED_BPJS, 5 held PREDECESSOR_FAILED", await hospital.Standing(Visit));

        refuse = false;
        await hospital.Services.GetRequiredService<DeliveryQueue>().Requeue(new RequeueFilter(Channel: "bpjs:default"), "operator:ani", CancellationToken.None);
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 queued, 5 held PREDECESSOR_FAILED", await hospital.Standing(Visit));
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal(["operator:ani"], await hospital.Column("select actor from antrean.task_history where event = 'REQUEUED'"));
    }

    [Fact]
    public async Task A_correction_in_Khanza_sends_a_failed_task_again_with_the_new_moment_in_the_same_job()
    {
        var refuse = true;
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(job => job.Step == 40 && refuse ? new Rejected("wrong time") : new Delivered()));
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Settle();
        var job = await hospital.Scalar<long>("select id from delivery.jobs where step = 40");

        refuse = false;
        await hospital.Folder(Visit, sent: "07:11:00", received: "07:20:00");
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal([$"{job} 2026-01-20T00:11:00.000000Z 1"], await hospital.Column("select id, payload ->> 'waktu', attempts from delivery.jobs where step = 40"));
        Assert.Equal("OBSERVED, HELD REGISTER_NOT_SENT, RELEASED, QUEUED, FAILED 201 wrong time, CORRECTED, QUEUED, SENT 200", await hospital.History(Visit, "3"));
    }

    [Fact]
    public async Task A_corrected_registration_is_sent_again_after_a_refusal()
    {
        var refuse = true;
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(_ => refuse ? new Rejected("bad reference") : new Delivered()));
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Book("20260120000001", Visit);
        await hospital.Poll();
        await hospital.Settle();
        Assert.Equal("1 FAILED_BPJS", await hospital.Standing(Visit));
        Assert.Equal("FAILED_BPJS", (string)(await hospital.Event(Visit))!["status"]!);

        refuse = false;
        await hospital.Khanza.Execute("update referensi_mobilejkn_bpjs set nomorreferensi = 'REF-2'");
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task A_sent_task_never_changes_and_the_difference_is_kept()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit, sent: "07:10:00");
        await hospital.Poll();
        await hospital.Settle();

        await hospital.Folder(Visit, sent: "07:11:00", received: "07:20:00");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal(
            ["SENT_BPJS 2026-01-20 00:10:00 2026-01-20 00:11:00"],
            await hospital.Column("select status, (waktu at time zone 'UTC')::text, (waktu_khanza at time zone 'UTC')::text from antrean.tasks where task = '3'"));
        Assert.EndsWith("CORRECTED differs from BPJS", await hospital.History(Visit, "3"), StringComparison.Ordinal);
        Assert.Equal(4, hospital.Bpjs.Ledger.Calls.Count);
    }

    [Fact]
    public async Task A_moment_corrected_while_its_call_was_under_way_is_kept_as_it_was_sent()
    {
        TestHospital? open = null;
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(job =>
        {
            if (job.Step == 40)
            {
                open!.Folder(Visit, sent: "07:11:00").GetAwaiter().GetResult();
                open.Poll().GetAwaiter().GetResult();
                open.Build().GetAwaiter().GetResult();
            }
            return new Delivered();
        }));
        open = hospital;
        await hospital.Register(Visit);
        await hospital.Folder(Visit, sent: "07:10:00");
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal(
            ["SENT_BPJS 2026-01-20 00:10:00 2026-01-20 00:11:00"],
            await hospital.Column("select status, (waktu at time zone 'UTC')::text, (waktu_khanza at time zone 'UTC')::text from antrean.tasks where task = '3'"));
    }
}
