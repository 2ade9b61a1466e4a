using Alur.Antrean.Reconcile;
using Alur.Antrean.Tests.Bpjs;
using Alur.Simulators.Bpjs;

namespace Alur.Antrean.Tests.Reconcile;

public sealed class FindUnansweredTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Failure", "5.16")]
    public async Task What_BPJS_took_without_an_answer_is_found_when_its_visit_was_cancelled_before_the_next_try()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.SendRegistration(Visit, folderSent: "08:00:00");
        await hospital.Build();
        await hospital.DeliverUnheard();
        await hospital.CancelVisits();
        Assert.Equal("1 SENT_BPJS, 3 cancelled CANCELLED_IN_KHANZA", await hospital.Standing(Visit));

        Assert.Equal(1, await hospital.Reconcile());

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal(["3 True"], await hospital.Column("select task, already_there from antrean.tasks where visit_id = $1 and task = '3'", Visit));
        Assert.Equal(0, await hospital.Reconcile());
    }

    [Fact]
    public async Task The_hour_of_looking_begins_again_while_BPJS_is_away()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Build();
        await hospital.DeliverUnheard();
        await hospital.CancelVisits();
        hospital.Bpjs.SetFaults(new BpjsFaults { ServerError = 1 });
        await Assert.ThrowsAnyAsync<Exception>(hospital.Reconcile);
        await hospital.Execute("update delivery.jobs set finished_at = finished_at - interval '5 hours' where state = 'CANCELLED'");

        hospital.Bpjs.SetFaults(BpjsFaults.None);
        Assert.Equal(1, await hospital.Reconcile());
        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));

        // Once BPJS answered, what was taken back longer ago than an hour is settled.
        await hospital.Execute("update antrean.tasks set status = 'DRAFT', sent_at = null, already_there = false, cancelled_reason = 'CANCELLED_IN_KHANZA'");
        Assert.Equal(0, await hospital.Reconcile());
    }

    [Fact]
    public async Task A_registration_without_an_answer_is_found_too_and_what_BPJS_never_took_stays_cancelled()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Build();
        await hospital.DeliverUnheard();
        await hospital.Register("2026/01/20/000002");
        await hospital.Poll();
        await hospital.Build();
        hospital.Bpjs.SetFaults(new BpjsFaults { Reset = 1 });
        await hospital.Deliver();
        await hospital.CancelVisits();

        hospital.Bpjs.SetFaults(BpjsFaults.None);
        await hospital.Reconcile();

        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal("1 cancelled CANCELLED_IN_KHANZA", await hospital.Standing("2026/01/20/000002"));
        Assert.Single(hospital.Bpjs.Ledger.Calls, c => c.Endpoint.Contains("pendaftaran", StringComparison.Ordinal)); // a day's list is long
    }

    [Fact]
    public async Task One_visit_that_BPJS_refuses_to_list_does_not_hide_what_it_took_of_the_others()
    {
        const string other = "2026/01/20/000002";
        using var between = new Firewall(_ => null);
        await using var hospital = await ToldBefore.Behind(between);
        foreach (var visit in (string[])[other, Visit])
        {
            await hospital.Register(visit);
            await hospital.Folder(visit, sent: "08:00:00");
        }

        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
        await hospital.Build();
        await hospital.DeliverUnheard();
        await hospital.CancelVisits();
        between.Says = body => body.Contains(other, StringComparison.Ordinal) ? """{"metadata":{"code":201,"message":"Tidak diizinkan"}}""" : null;

        var failure = await Assert.ThrowsAsync<BpjsUnreadableException>(hospital.Reconcile);

        Assert.Contains(other, failure.Message, StringComparison.Ordinal);
        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
    }
}
