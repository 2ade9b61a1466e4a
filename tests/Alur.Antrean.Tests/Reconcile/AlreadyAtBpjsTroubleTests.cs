using Alur.Antrean.Tests.Bpjs;
using Alur.Simulators.Bpjs;
using static Alur.Antrean.Tests.Reconcile.ToldBefore;

namespace Alur.Antrean.Tests.Reconcile;

/// <summary>What is shown of a task that BPJS has already when its list fails, lags or lies, or something happens before it was asked.</summary>
public sealed class AlreadyAtBpjsTroubleTests
{
    // Its list is a request without a task.
    private static bool AsksForList(string body) => body.Contains("kodebooking", StringComparison.Ordinal) && !body.Contains("taskid", StringComparison.Ordinal) && !body.Contains("norm", StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"metadata":{"code":204,"message":"No Content"}}""")] // lists nothing
    [InlineData("""{"response":[{"taskid":4,"wakturs":"20-01-2026 07:00:00 WIB"}],"metadata":{"code":200,"message":"Ok"}}""")] // lists something else
    [InlineData("""{"response":[{"taskid":3,"wakturs":"kemarin"}],"metadata":{"code":200,"message":"Ok"}}""")] // lists no moment
    [InlineData("""{"metadata":{"code":201,"message":"Tidak diizinkan"}}""")] // lists nothing to us
    public async Task A_list_that_does_not_tell_the_moment_leaves_ours_because_BPJS_certainly_has_the_task(string list)
    {
        using var between = new Firewall(_ => null);
        await using var hospital = await Behind(between);
        await ToldWithoutAnswer(hospital, "08:00:00");
        between.Says = body => AsksForList(body) ? list : null;
        await hospital.Folder(Visit, sent: "08:05:00");
        await hospital.Poll();

        await Onwards(hospital, rounds: 8);

        Assert.Equal(["08:05:00 08:05:00 True"], await Moments(hospital, "3"));
        Assert.Equal(2, Calls(hospital).Count(c => c == "updatewaktu 3"));
    }

    [Fact]
    [Trait("Failure", "5.18")]
    public async Task A_list_that_lags_for_longer_than_usual_is_asked_again_before_our_moment_has_to_do()
    {
        var asked = 0;
        using var between = new Firewall(_ => null);
        await using var hospital = await Behind(between);
        await ToldWithoutAnswer(hospital, "08:00:00");
        between.Says = body => AsksForList(body) && ++asked <= 2 ? """{"metadata":{"code":204,"message":"No Content"}}""" : null;
        await hospital.Folder(Visit, sent: "08:05:00");
        await hospital.Poll();

        await Onwards(hospital, rounds: 8);

        Assert.Equal(["08:00:00 08:05:00 True"], await Moments(hospital, "3"));
        Assert.Equal(3, asked);
    }

    [Theory]
    [InlineData(2, "08:00:00 08:05:00 True")] // comes back in time
    [InlineData(99, "08:05:00 08:05:00 True")] // never does: what is certain has to do
    public async Task A_list_that_fails_is_asked_again_without_telling_again(int failures, string moments)
    {
        var asked = 0;
        using var between = new Firewall(body => AsksForList(body) && ++asked <= failures ? 500 : null);
        await using var hospital = await Behind(between);
        await ToldWithoutAnswer(hospital, "08:00:00");
        await hospital.Folder(Visit, sent: "08:05:00");
        await hospital.Poll();

        await Onwards(hospital, rounds: 8);

        Assert.Equal([moments], await Moments(hospital, "3"));
        Assert.Equal(2, Calls(hospital).Count(c => c == "updatewaktu 3"));
        Assert.InRange(asked, Math.Min(failures, 2), 4);
    }

    [Theory]
    [InlineData("before the answer")]
    [InlineData("before the look")]
    public async Task A_server_that_dies_in_between_still_shows_what_BPJS_holds(string when)
    {
        await using var hospital = await TestHospital.Open();
        await Registered(hospital);
        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();
        await hospital.Build();
        // As it was left by a server that was killed after its call had arrived.
        await AnotherTells(hospital, Visit, "08:00:00");
        await Die(hospital);
        hospital.Bpjs.SetFaults(new BpjsFaults { Reset = 1 });
        await hospital.Deliver();
        hospital.Bpjs.SetFaults(BpjsFaults.None);
        await hospital.Folder(Visit, sent: "08:05:00");
        await hospital.Poll();
        await hospital.Build();
        if (when == "before the look")
        {
            await hospital.MakeDue();
            await hospital.Deliver();
        }

        await Die(hospital);
        await Onwards(hospital);

        Assert.Equal(["08:00:00 08:05:00 True"], await Moments(hospital, "3"));
        Assert.Empty(await SecondSender(hospital));
    }

    [Fact]
    [Trait("Failure", "5.16")]
    public async Task What_BPJS_said_that_it_has_is_found_with_its_moment_when_the_visit_is_cancelled_before_the_look()
    {
        await using var hospital = await TestHospital.Open();
        await ToldWithoutAnswer(hospital, "08:00:00");
        await hospital.Folder(Visit, sent: "08:05:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.MakeDue();
        await hospital.Deliver();
        await hospital.Khanza.Execute("update reg_periksa set stts = 'Batal'");
        await hospital.Poll();

        Assert.Equal(1, await hospital.Reconcile());

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal(["08:00:00 08:05:00 True"], await Moments(hospital, "3"));
    }

    [Fact]
    public async Task A_booking_that_BPJS_lost_before_the_look_is_registered_again_and_told_the_new_moment()
    {
        await using var hospital = await TestHospital.Open();
        await ToldWithoutAnswer(hospital, "08:00:00");
        await hospital.Folder(Visit, sent: "08:05:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.MakeDue();
        await hospital.Deliver();
        hospital.Bpjs.Forget(Visit);

        await Onwards(hospital);
        await Onwards(hospital);

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal(["08:05:00 08:05:00 False"], await Moments(hospital, "3"));
    }
}
