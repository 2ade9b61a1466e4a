using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>What happens between two steps that usually follow each other at once: a crash, a correction, a change of mind.</summary>
public sealed class InterruptionTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-145")]
    public async Task A_server_that_ends_between_storing_a_visit_and_judging_its_tasks_loses_none_of_them()
    {
        await using var hospital = await TestHospital.Open(new() { ["TaskSources:3:0"] = "referensi_mobilejkn_bpjs.validasi" });
        await hospital.Book("20260120000001", Visit, validated: "2026-01-20 08:00:00");
        await hospital.Poll();
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Poll();
        // As the poll had left it when it ended right after its commit: the visit is there, its task not judged yet.
        await hospital.Execute("update antrean.tasks set held_reason = 'VISIT_NOT_READ' where task = '3'");

        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task A_moment_corrected_while_its_call_was_under_way_goes_out_after_the_refusal_of_the_old_one()
    {
        TestHospital? open = null;
        var first = true;
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(job =>
        {
            if (job.Step != 40 || !first)
                return new Delivered();
            first = false;
            open!.Folder(Visit, sent: "07:11:00").GetAwaiter().GetResult();
            open.Poll().GetAwaiter().GetResult();
            return new Rejected("wrong time");
        }));
        open = hospital;
        await hospital.Register(Visit);
        await hospital.Folder(Visit, sent: "07:10:00");
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal(
            ["SENT_BPJS 2026-01-20 00:11:00 2026-01-20 00:11:00"],
            await hospital.Column("select status, (waktu at time zone 'UTC')::text, (waktu_khanza at time zone 'UTC')::text from antrean.tasks where task = '3'"));
        Assert.EndsWith("CORRECTED, FAILED 201 wrong time, REOPENED corrected in Khanza meanwhile, QUEUED, SENT 200", await hospital.History(Visit, "3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registration_corrected_while_its_call_was_under_way_goes_out_after_the_refusal_of_the_old_one()
    {
        TestHospital? open = null;
        var first = true;
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(_ =>
        {
            if (!first)
                return new Delivered();
            first = false;
            open!.Khanza.Execute("update referensi_mobilejkn_bpjs set nomorreferensi = 'REF-2'").GetAwaiter().GetResult();
            open.Poll().GetAwaiter().GetResult();
            return new Rejected("bad reference");
        }));
        open = hospital;
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Book("20260120000001", Visit);
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal("REF-2", await hospital.Scalar<string>("select payload -> 'body' ->> 'nomorreferensi' from delivery.jobs"));
    }

    [Fact]
    public async Task A_hospital_set_back_to_observing_sends_nothing_of_what_was_queued_before()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Build();
        Assert.Equal("queued", (await hospital.Standing(Visit))[2..8]);

        hospital.Services.GetRequiredService<IOptions<AntreanOptions>>().Value.Sites[TestHospital.Code].Mode = "observe";
        await hospital.Services.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        await hospital.Deliver();
        Assert.Empty(hospital.Bpjs.Ledger.Calls);

        await hospital.Build();
        await hospital.MakeDue();
        await hospital.Deliver();
        Assert.Empty(hospital.Bpjs.Ledger.Calls);
        Assert.StartsWith("1 held OBSERVE_MODE", await hospital.Standing(Visit), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sent_moment_that_vanished_from_Khanza_still_comes_before_what_follows()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Folder(Visit, sent: "07:10:00");
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Settle();
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));

        await hospital.Folder(Visit, sent: null, received: "07:05:00");
        await hospital.Poll();
        await hospital.Build();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 held TIME_NOT_LATER", await hospital.Standing(Visit));
    }
}
