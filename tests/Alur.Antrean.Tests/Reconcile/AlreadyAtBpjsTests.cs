using Alur.Antrean.Tests.Bpjs;
using Alur.Platform.Delivery;
using static Alur.Antrean.Tests.Reconcile.ToldBefore;

namespace Alur.Antrean.Tests.Reconcile;

/// <summary>What a 208 means: BPJS has the task, from us or from somebody else, with the moment that it was told first.</summary>
public sealed class AlreadyAtBpjsTests
{
    [Fact]
    [Trait("Failure", "5.1")]
    public async Task A_moment_corrected_after_a_call_without_an_answer_stays_what_BPJS_holds_and_the_next_task_follows_that()
    {
        await using var hospital = await TestHospital.Open();
        await ToldWithoutAnswer(hospital, "08:00:00");
        await hospital.Folder(Visit, sent: "08:05:00", received: "08:03:00");
        await hospital.Poll();

        await Onwards(hospital);

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal(["08:00:00 08:05:00 True"], await Moments(hospital, "3"));
        Assert.Equal(1, await hospital.Scalar<long>("select count(*) from antrean.tasks where waktu is distinct from waktu_khanza"));
        Assert.EndsWith("SENT 208 BPJS holds another moment", await hospital.History(Visit, "3"), StringComparison.Ordinal);
        Assert.Equal(["add", "updatewaktu 3", "updatewaktu 3", "getlisttask", "updatewaktu 4"], Calls(hospital));
        Assert.Equal(["8:00 3", "8:03 4"], Held(hospital));
    }

    [Fact]
    public async Task A_moment_that_was_told_before_in_the_same_words_needs_no_look()
    {
        await using var hospital = await TestHospital.Open();
        await ToldWithoutAnswer(hospital, "08:00:00");

        await Onwards(hospital);

        Assert.Equal(["08:00:00 08:00:00 True"], await Moments(hospital, "3"));
        Assert.Equal(["add", "updatewaktu 3", "updatewaktu 3"], Calls(hospital));
        Assert.Empty(await SecondSender(hospital));
    }

    [Fact]
    [Trait("Failure", "5.15")]
    public async Task Another_senders_moments_are_the_ones_shown_and_reveal_it()
    {
        await using var hospital = await TestHospital.Open();
        string[] visits = ["2026/01/20/000001", "2026/01/20/000002", "2026/01/20/000003"];
        foreach (var visit in visits)
        {
            await hospital.Register(visit);
            await hospital.Poll();
            await hospital.Settle();
            await AnotherTells(hospital, visit, "07:50:00");
            await hospital.Folder(visit, sent: "08:00:00");
        }

        await hospital.Poll();
        await Onwards(hospital);

        Assert.Equal(["07:50:00 08:00:00 True", "07:50:00 08:00:00 True", "07:50:00 08:00:00 True"], await Moments(hospital, "3"));
        Assert.Contains("BPJS had 3 of today's tasks before we sent them", Assert.Single(await SecondSender(hospital)).English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_a_call_that_may_have_been_processed_is_one_that_a_later_208_can_be_about()
    {
        await using var bpjs = await BpjsStandIn.Start();
        using var busy = new AnswerOnce("""{"metadata":{"code":429,"message":"Too Many Requests"}}""", bpjs.Simulator.Url);
        using var silent = new AnswerOnce("", bpjs.Simulator.Url);
        var job = BpjsStandIn.Job(Visit, 3, BpjsStandIn.At(8, 0));

        var reports = new[] { await BpjsDeliveryChannelTests.Deliver("http://127.0.0.1:1", job), await BpjsDeliveryChannelTests.Deliver(busy.Url, job), await BpjsDeliveryChannelTests.Deliver(silent.Url, job) };

        Assert.All(reports, report => Assert.IsType<RetryLater>(report.Outcome));
        Assert.Equal([true, true, false], reports.Select(report => report.Exchange!.LeftNothing));
    }

    [Fact]
    [Trait("Failure", "5.18")]
    public async Task BPJS_is_asked_only_after_the_lag_of_its_list_and_nothing_of_the_visit_goes_out_before()
    {
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:ListLagSeconds"] = "40" });
        await ToldWithoutAnswer(hospital, "08:00:00");
        await hospital.Folder(Visit, sent: "08:05:00", received: "08:10:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.MakeDue();
        await hospital.Deliver();

        Assert.Equal(["add", "updatewaktu 3", "updatewaktu 3"], Calls(hospital));
        Assert.Equal("1 SENT_BPJS, 3 queued, 4 queued", await hospital.Standing(Visit));
        Assert.InRange(await hospital.Scalar<double>("select extract(epoch from due_at - now())::float8 from delivery.lanes"), 10, 40);
        Assert.Equal(["PENDING True 208"], await hospital.Column("select state, acknowledged, last_code from delivery.jobs where step = 40"));
    }

    [Fact]
    public async Task What_was_queued_behind_the_corrected_moment_is_held_when_BPJS_holds_a_later_one()
    {
        await using var hospital = await TestHospital.Open();
        await ToldWithoutAnswer(hospital, "08:10:00");
        await hospital.Folder(Visit, sent: "08:00:00", received: "08:05:00");
        await hospital.Poll();

        await Onwards(hospital);

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 held TIME_NOT_LATER", await hospital.Standing(Visit));
        Assert.Equal(["8:10 3"], Held(hospital));

        await hospital.Folder(Visit, sent: "08:00:00", received: "08:12:00");
        await hospital.Poll();
        await Onwards(hospital);
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task What_is_looked_up_before_sending_is_kept_with_the_moment_that_BPJS_holds()
    {
        await using var hospital = await TestHospital.Open(checkFirst: true);
        await Registered(hospital);
        await AnotherTells(hospital, Visit, "07:50:00");
        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();

        await Onwards(hospital);

        Assert.Equal(["07:50:00 08:00:00 True"], await Moments(hospital, "3"));
    }
}
