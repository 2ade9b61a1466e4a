using Alur.Antrean.Bpjs;
using Alur.Antrean.Reconcile;
using Alur.Platform.Delivery;
using Alur.Platform.Leases;
using Alur.Simulators.Bpjs;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Reconcile;

public sealed class ReconcileRegistrationsTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    public async Task A_visit_that_the_desktop_registered_is_found_and_its_tasks_follow_and_we_never_add_it()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Register("2026/01/20/000002", payer: "BPJ"); // the desktop never registers this one
        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();
        await hospital.Settle();
        Assert.Equal("1 held REGISTER_NOT_SENT, 3 held REGISTER_NOT_SENT", await hospital.Standing(Visit));
        Assert.Equal(0, await hospital.Reconcile());

        await DesktopRegisters(hospital, Visit);
        Assert.Equal(1, await hospital.Reconcile());
        await hospital.Build();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal("1 held REGISTER_NOT_SENT", await hospital.Standing("2026/01/20/000002"));
        Assert.Equal(["1 True", "3 False"], await hospital.Column("select task, already_there from antrean.tasks where visit_id = $1 order by task", Visit));
        Assert.Equal([("antrean/add", 1), ("antrean/updatewaktu", 1)],
            hospital.Bpjs.Ledger.Calls.Where(c => c.Taskid is not null || c.Endpoint == "antrean/add").GroupBy(c => c.Endpoint).Select(g => (g.Key, g.Count())).Order());
        Assert.Equal(0, await hospital.Reconcile());
    }

    [Fact]
    public async Task A_booking_that_BPJS_lost_waits_for_the_desktop_to_make_it_again()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();
        await DesktopRegisters(hospital, Visit);
        await hospital.Reconcile();
        await hospital.Build();
        Assert.True(hospital.Bpjs.Forget(Visit));
        await hospital.Deliver();
        Assert.Equal("1 SENT_BPJS, 3 FAILED_BPJS", await hospital.Standing(Visit));

        await hospital.Build();
        await hospital.Settle();
        Assert.Equal("1 held REGISTER_NOT_SENT, 3 held REGISTER_NOT_SENT", await hospital.Standing(Visit));
        Assert.Equal(0, await hospital.Reconcile());

        await DesktopRegisters(hospital, Visit);
        Assert.Equal(1, await hospital.Reconcile());
        await hospital.Build();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal(2, hospital.Bpjs.Ledger.Calls.Count(c => c.Endpoint == "antrean/add"));
        Assert.Equal(0, await hospital.Scalar<long>("select count(*) from antrean.bpjs_antrean_queue where task_id = '1'"));
    }

    [Fact]
    public async Task A_registration_made_just_before_the_visit_was_cancelled_is_known_all_the_same()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();
        await DesktopRegisters(hospital, Visit);
        await hospital.Khanza.Execute("update reg_periksa set stts = 'Batal'");
        await hospital.Poll();

        Assert.Equal(1, await hospital.Reconcile());
        await hospital.Build();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 cancelled CANCELLED_IN_KHANZA", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task Only_days_that_wait_are_asked_for_and_nothing_while_nobody_waits()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit); // another payer: ours to register
        await hospital.Poll();
        await hospital.Reconcile();
        Assert.Empty(hospital.Bpjs.Ledger.Calls);

        await hospital.Register("2026/01/20/000001", payer: "BPJ");
        await hospital.Register("2026/01/21/000001", payer: "BPJ");
        await hospital.Poll();
        await hospital.Reconcile();
        Assert.Equal(
            ["antrean/pendaftaran/tanggal/2026-01-20", "antrean/pendaftaran/tanggal/2026-01-21"], hospital.Bpjs.Ledger.Calls.Select(c => c.Endpoint));
    }

    [Fact]
    public async Task Nothing_is_asked_while_the_channel_rests_or_in_observe_mode()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Poll();
        await hospital.Services.GetRequiredService<DeliveryQueue>().Pause("bpjs:default", "resting");
        Assert.Equal(0, await hospital.Reconcile());
        await hospital.Services.GetRequiredService<DeliveryQueue>().Resume("bpjs:default");
        await hospital.Execute("update platform.breakers set state = 'OPEN', opened_at = now(), retry_at = now() + interval '1 minute' where name = 'bpjs:default'");
        Assert.Equal(0, await hospital.Reconcile());
        Assert.Empty(hospital.Bpjs.Ledger.Calls);

        await using var observer = await TestHospital.Open(new() { ["Mode"] = "observe" });
        await observer.Register(Visit, payer: "BPJ");
        await observer.Poll();
        Assert.Equal(0, await observer.Reconcile());
        Assert.Empty(observer.Bpjs.Ledger.Calls);
    }

    [Fact]
    public async Task A_breaker_that_waits_for_a_probe_does_not_keep_us_from_asking_because_without_us_nothing_might_be_left_to_probe_with()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Folder(Visit, sent: "08:00:00");
        await hospital.Poll();
        await hospital.Settle();
        await DesktopRegisters(hospital, Visit);
        await hospital.Execute("""
            update platform.breakers set state = 'OPEN', epoch = epoch + 1, opened_at = now() - interval '2 minutes', retry_at = now() - interval '1 minute'
            where name = 'bpjs:default'
            """);

        Assert.Equal(1, await hospital.Reconcile());
        await hospital.Settle();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task An_answer_that_is_no_list_is_a_failure_and_marks_nothing()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Poll();
        hospital.Bpjs.SetFaults(new BpjsFaults { Html = 1 });

        var failure = await Assert.ThrowsAsync<BpjsUnreadableException>(hospital.Reconcile);
        Assert.StartsWith("BPJS did not list the registrations of 2026-01-20. BPJS does not answer as it should (", failure.Message, StringComparison.Ordinal);
        Assert.IsType<ISpeaksForItself>(failure, exactMatch: false); // logged without a stack trace
        Assert.Equal("1 held REGISTER_NOT_SENT", await hospital.Standing(Visit));
    }

    [Fact]
    public async Task Refused_credentials_are_told_with_the_keys_to_check()
    {
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:SecretKey"] = "wrong" });
        await hospital.Register(Visit, payer: "BPJ");
        await hospital.Poll();

        var failure = await Assert.ThrowsAsync<BpjsUnreadableException>(hospital.Reconcile);

        Assert.Contains("BPJS refuses our credentials or our clock", failure.Message, StringComparison.Ordinal);
        Assert.Contains("check ConsId, SecretKey and UserKey under Antrean:Sites:default:Bpjs", failure.Message, StringComparison.Ordinal);
    }

    private static async Task DesktopRegisters(TestHospital hospital, string visit)
    {
        var desktop = hospital.Services.GetRequiredService<BpjsClients>().For(TestHospital.Code).Value;
        var reply = await desktop.Add($$"""
            {"kodebooking":"{{visit}}","jenispasien":"JKN","nomorkartu":"0000000000001","nik":"0000000000000001","nohp":"081200000001","kodepoli":"ANA",
             "namapoli":"Poli Anak","pasienbaru":0,"norm":"001234","tanggalperiksa":"2026-01-20","kodedokter":292667,"namadokter":"dr. Satu",
             "jampraktek":"07:00-23:59","jeniskunjungan":1,"nomorreferensi":"REF1","nomorantrean":"001","angkaantrean":1,"estimasidilayani":1768871400000,
             "sisakuotajkn":1,"kuotajkn":2,"sisakuotanonjkn":1,"kuotanonjkn":2,"keterangan":"-"}
            """, CancellationToken.None);
        Assert.Equal("200", reply.Code);
    }
}
