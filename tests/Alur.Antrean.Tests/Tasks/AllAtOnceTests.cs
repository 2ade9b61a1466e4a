
namespace Alur.Antrean.Tests.Tasks;

/// <summary>Polls, builders and workers at the same time, over a day that is still being written.</summary>
public sealed class AllAtOnceTests
{
    private const int Visits = 25;

    [Fact]
    [Trait("Spec", "A-087")]
    [Trait("Spec", "A-150")]
    [Trait("Spec", "A-143")]
    [Trait("Spec", "A-157")]
    public async Task Nothing_is_lost_reordered_or_sent_twice()
    {
        await using var hospital = await TestHospital.Open(new() { ["Bpjs:MaxConcurrent"] = "16" });
        using var over = new CancellationTokenSource();
        var loops = new[] { Loop(hospital.Poll), Loop(hospital.Build), Loop(hospital.Build), Loop(hospital.Deliver), Loop(hospital.Deliver) };

        await WriteDay(hospital);
        await over.CancelAsync();
        await Task.WhenAll(loops);
        await hospital.Poll();
        await hospital.Build();
        await hospital.Settle();

        var ledger = hospital.Bpjs.Ledger;
        Assert.Empty(ledger.Refusals);
        Assert.DoesNotContain(ledger.Calls, c => c.Duplicate);
        var counts = await hospital.Count();
        Assert.Equal((Visits, Visits * 4L, Visits * 4L, 0L), (counts.Visits, counts.Observed, counts.Sent, counts.Incomplete));
        Assert.Equal(
            Enumerable.Range(1, Visits).SelectMany(i => new[] { $"{Id(i)} 3 07:10", $"{Id(i)} 4 07:20", $"{Id(i)} 5 07:30" }),
            ledger.Tasks.OrderBy(t => t.Kodebooking, StringComparer.Ordinal).ThenBy(t => t.Taskid)
                .Select(t => $"{t.Kodebooking} {t.Taskid} {DateTimeOffset.FromUnixTimeMilliseconds(t.Waktu).ToOffset(TimeSpan.FromHours(7)):HH:mm}"));
        // A task's history ends with what the task is.
        Assert.Equal(["SENT"], await hospital.Column("select distinct (array_agg(event order by id desc))[1] from antrean.task_history group by visit_id, task"));
        Assert.Equal(["0 0"], await hospital.Column("""
            select count(*) filter (where s.version <> e.entries or s.version <> e.last), count(*) filter (where e.disordered)
            from journal.streams s
            join (select stream_id, count(*) as entries, max(version) as last, array_agg(version order by position) <> array_agg(version order by version) as disordered
                  from journal.entries group by stream_id) e using (stream_id)
            """));

        async Task Loop<T>(Func<Task<T>> work)
        {
            while (!over.IsCancellationRequested)
            {
                await work();
                await Task.Yield();
            }
        }
    }

    private static async Task WriteDay(TestHospital hospital)
    {
        await Parallel.ForEachAsync(Enumerable.Range(1, Visits), new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (i, _) =>
        {
            await hospital.Register(Id(i));
            await hospital.Folder(Id(i), sent: "07:10:00");
            await hospital.Folder(Id(i), sent: "07:10:00", received: "07:20:00");
            await hospital.Note(Id(i), "07:30:00");
        });
    }

    private static string Id(int i) => $"2026/01/20/{i:000000}";
}
