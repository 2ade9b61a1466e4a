using Alur.Antrean.Alerts;
using Alur.Antrean.Bpjs;
using Alur.Antrean.Sites;
using Alur.Antrean.Tests.Bpjs;
using Alur.Platform.Alerts;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Reconcile;

/// <summary>A visit whose check-in BPJS has already, and what became of it.</summary>
internal static class ToldBefore
{
    public const string Visit = "2026/01/20/001234";

    public static async Task<TestHospital> Behind(Firewall between)
    {
        var hospital = await TestHospital.Open(new() { ["Bpjs:BaseUrl"] = between.Url });
        between.Next = hospital.Bpjs.Url;
        return hospital;
    }

    public static async Task Registered(TestHospital hospital)
    {
        await hospital.Register(Visit);
        await hospital.Poll();
        await hospital.Settle();
        Assert.Equal("1 SENT_BPJS", await hospital.Standing(Visit));
    }

    // BPJS takes task 3, and we do not hear of it.
    public static async Task ToldWithoutAnswer(TestHospital hospital, string at)
    {
        await Registered(hospital);
        await hospital.Folder(Visit, sent: at);
        await hospital.Poll();
        await hospital.Build();
        await hospital.DeliverUnheard();
        Assert.Equal("1 SENT_BPJS, 3 queued", await hospital.Standing(Visit));
    }

    // Whoever held the lane is gone, and its lease too.
    public static Task Die(TestHospital hospital) => hospital.Execute("""
        update delivery.jobs set state = 'SENDING', claims = claims + 1 where state = 'PENDING';
        update delivery.lanes set lease_token = gen_random_uuid(), due_at = now() - interval '1 second' where state = 'OPEN';
        """);

    public static async Task Onwards(TestHospital hospital, int rounds = 4)
    {
        for (var i = 0; i < rounds; i++)
        {
            await hospital.Build();
            await hospital.MakeDue();
            await hospital.Settle();
        }
    }

    public static Task<List<string>> Moments(TestHospital hospital, string task) => hospital.Column("""
        select to_char(waktu at time zone 'Asia/Jakarta', 'HH24:MI:SS'), to_char(waktu_khanza at time zone 'Asia/Jakarta', 'HH24:MI:SS'), already_there
        from antrean.tasks where task = $1 and status = 'SENT_BPJS' order by visit_id
        """, task);

    public static List<string> Calls(TestHospital hospital) =>
        [.. hospital.Bpjs.Ledger.Calls.Select(c => $"{c.Endpoint["antrean/".Length..]} {c.Taskid}".Trim())];

    public static List<string> Held(TestHospital hospital) =>
        [.. hospital.Bpjs.Ledger.Tasks.Select(t => $"{DateTimeOffset.FromUnixTimeMilliseconds(t.Waktu).ToOffset(TimeSpan.FromHours(7)):H:mm} {t.Taskid}")];

    public static Task<IReadOnlyList<AlertCondition>> SecondSender(TestHospital hospital) =>
        new SecondSender(hospital.Db, hospital.Services.GetRequiredService<SiteDirectory>(), hospital.Clock).Find(CancellationToken.None);

    /// <summary>Somebody with the same account, or a server of ours that was killed before it could keep the answer.</summary>
    public static Task AnotherTells(TestHospital hospital, string visit, string at) => hospital.Services.GetRequiredService<BpjsClients>().For(TestHospital.Code).Value
        .UpdateWaktu(visit, 3, DateTimeOffset.Parse($"2026-01-20T{at}+07:00", null), CancellationToken.None);
}
