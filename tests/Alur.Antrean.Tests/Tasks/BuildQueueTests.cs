using System.Text.Json.Nodes;
using Alur.Antrean.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Tasks;

public sealed class BuildQueueTests
{
    private const string Visit = "2026/01/20/001234";

    [Fact]
    [Trait("Spec", "A-022")]
    [Trait("Spec", "A-095")]
    [Trait("Spec", "A-153")]
    public async Task A_ready_registration_is_queued()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Register(Visit, number: "007");
        await hospital.Poll();

        Assert.Equal(1, (await hospital.Build()).Queued);

        Assert.Equal(["2026/01/20/001234 1 PENDING 5"], await hospital.Column("select visit_id, task_id, status, max_attempts from antrean.bpjs_antrean_queue"));
        Assert.Equal("""{"1":{"status":"DRAFT"}}""", await hospital.Progress(Visit));
        Assert.Contains("Queued update 2026/01/20/001234 (task_id 1)", hospital.Log.Lines);
        var payload = JsonNode.Parse((await hospital.Scalar<string>("select payload::text from delivery.jobs"))!)!;
        Assert.Equal(("antrean/add", "1", "2026-01-20T00:00:00.000000Z"), ((string)payload["endpoint"]!, (string)payload["task"]!, (string)payload["waktu"]!));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""
            {"kodebooking":"2026/01/20/001234","jenispasien":"NON JKN","nomorkartu":"-","nik":"-","nohp":"-","kodepoli":"ANA","namapoli":"Poli Anak","pasienbaru":0,
             "norm":"001234","tanggalperiksa":"2026-01-20","kodedokter":292667,"namadokter":"dr. Satu","jampraktek":"07:00-23:59","jeniskunjungan":3,"nomorreferensi":"-",
             "nomorantrean":"007","angkaantrean":7,"estimasidilayani":1768871400000,"sisakuotajkn":33,"kuotajkn":40,"sisakuotanonjkn":33,"kuotanonjkn":40,
             "keterangan":"Mohon datang 30 menit lebih awal untuk pendaftaran."}
            """), payload["body"]), payload.ToJsonString());
    }

    [Fact]
    [Trait("Spec", "A-023")]
    [Trait("Spec", "A-024")]
    [Trait("Spec", "A-025")]
    [Trait("Spec", "A-028")]
    [Trait("Spec", "A-030")]
    [Trait("Spec", "A-071")]
    [Trait("Spec", "A-072")]
    [Trait("Spec", "A-073")]
    [Trait("Spec", "A-074")]
    [Trait("Spec", "A-096")]
    [Trait("Spec", "A-108")]
    [Trait("Spec", "A-115")]
    [Trait("Spec", "A-133")]
    [Trait("Spec", "A-136")]
    [Trait("Spec", "A-142")]
    public async Task Tasks_are_queued_only_once_the_registration_is_sent()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Poll();

        await hospital.Build();
        await hospital.Build();
        Assert.Equal("1 queued, 3 held REGISTER_NOT_SENT, 4 held REGISTER_NOT_SENT, 5 held REGISTER_NOT_SENT", await hospital.Standing(Visit));

        await hospital.Deliver();
        Assert.Equal(3, (await hospital.Build()).Queued);

        Assert.Equal(
            ["1 SEND", "3 PENDING", "4 PENDING", "5 PENDING"],
            await hospital.Column("select task_id, status from antrean.bpjs_antrean_queue where visit_id = $1 order by id", Visit));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"kodebooking":"2026/01/20/001234","taskid":3,"waktu":1768867800000}"""),
            JsonNode.Parse((await hospital.Scalar<string>("select (payload -> 'body')::text from delivery.jobs where step = 40"))!)));
        Assert.Contains("Queued update 2026/01/20/001234 (task_id 3)", hospital.Log.Lines);
    }

    [Fact]
    [Trait("Failure", "5.2")]
    [Trait("Spec", "A-143")]
    [Trait("Spec", "A-144")]
    public async Task Building_again_and_again_makes_no_second_job_and_touches_no_sent_or_failed_task()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Build();

        Assert.Equal(0, (await hospital.Build()).Queued);
        await hospital.Settle();
        Assert.Equal(0, (await hospital.Build()).Queued);
        Assert.Equal(0, (await hospital.Poll()).Changed);

        Assert.Equal(4, await hospital.Scalar<long>("select count(*) from delivery.jobs"));
        Assert.Equal(4, hospital.Bpjs.Ledger.Calls.Count);
    }

    [Fact]
    [Trait("Spec", "A-143")]
    public async Task Ten_builders_at_once_make_each_job_once()
    {
        await using var hospital = await TestHospital.Open();
        foreach (var i in Enumerable.Range(1, 30))
            await hospital.FullVisit($"2026/01/20/{i:000000}");
        await hospital.Poll();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => hospital.Build()));

        Assert.Equal(30, await hospital.Scalar<long>("select count(*) from delivery.jobs"));
        Assert.Equal(30, await hospital.Scalar<long>("select count(*) from antrean.task_history where event = 'QUEUED'"));
    }

    [Fact]
    public async Task A_job_whose_task_may_no_longer_be_sent_is_taken_back_and_one_that_was_corrected_carries_the_new_moment()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit, sent: "08:00:00", received: "08:10:00", noted: "08:20:00");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Deliver();
        await hospital.Build();

        await hospital.Folder(Visit, sent: "08:05:00", received: "08:05:00");
        await hospital.Poll();
        Assert.Equal("1 SENT_BPJS, 3 queued, 4 queued, 5 queued", await hospital.Standing(Visit));
        var build = await hospital.Build();

        Assert.Equal((2, 1), (build.Withdrawn, build.Queued));
        Assert.Equal("1 SENT_BPJS, 3 queued, 4 held TIME_NOT_LATER, 5 held PREDECESSOR_MISSING", await hospital.Standing(Visit));
        Assert.Equal(["3 PENDING", "4 CANCELLED", "5 CANCELLED"], await hospital.Column("select task_id, status from antrean.bpjs_antrean_queue where task_id <> '1' order by task_id"));
        await hospital.Settle();
        Assert.Equal([1768867200000 + 3900_000], hospital.Bpjs.Ledger.Tasks.Select(t => t.Waktu));
    }

    [Theory]
    [InlineData("delete from reg_periksa", "GONE_FROM_KHANZA")]
    [InlineData("update reg_periksa set stts = 'Batal'", "CANCELLED_IN_KHANZA")]
    public async Task A_visit_given_up_while_its_jobs_wait_is_not_sent_once_the_poll_has_seen_it(string change, string reason)
    {
        await using var hospital = await TestHospital.Open();
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Build();

        await hospital.Khanza.Execute($"{change} where no_rawat = '{Visit}'");
        await hospital.Poll();
        Assert.Equal(["1 CANCELLED"], await hospital.Column("select task_id, status from antrean.bpjs_antrean_queue"));
        Assert.StartsWith($"1 cancelled {reason}", await hospital.Standing(Visit), StringComparison.Ordinal);
        Assert.EndsWith($"QUEUED, WITHDRAWN {reason}", await hospital.History(Visit, "1"), StringComparison.Ordinal);
        await hospital.Deliver();
        await hospital.Build();
        await hospital.Settle();

        Assert.Equal(4, (await hospital.Count()).Cancelled);
        Assert.Empty(hospital.Bpjs.Ledger.Calls);
    }

    [Fact]
    [Trait("Spec", "A-086")]
    [Trait("Spec", "A-158")]
    public async Task Adding_tasks_6_and_7_is_a_change_of_rows()
    {
        await using var hospital = await TestHospital.Open();
        await hospital.Execute("update antrean.task_catalogue set enabled = true where code in ('6', '7')");
        await hospital.Services.GetRequiredService<SiteDirectory>().Mirror(CancellationToken.None);
        await hospital.FullVisit(Visit);
        await hospital.Khanza.Execute($"""
            insert into resep_obat (no_resep, tgl_perawatan, jam, no_rawat, kd_dokter, tgl_peresepan, jam_peresepan, status, tgl_penyerahan, jam_penyerahan)
            values ('202601200001', '2026-01-20', '09:00:00', '{Visit}', 'D001', '2026-01-20', '08:00:00', 'ralan', '0000-00-00', '00:00:00');
            """);
        await hospital.Poll();
        await hospital.Settle();

        Assert.Equal("1 SENT_BPJS, 3 SENT_BPJS, 4 SENT_BPJS, 5 SENT_BPJS, 6 SENT_BPJS, 7 SENT_BPJS", await hospital.Standing(Visit));
        Assert.Equal([3, 4, 5, 6, 7], hospital.Bpjs.Ledger.Tasks.Select(t => t.Taskid));
    }
}
