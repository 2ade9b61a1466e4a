using Alur.Platform.Delivery;
using Alur.Platform.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>What the journal says of tasks, and what it does not say.</summary>
public sealed class TaskEntriesTests
{
    private const string Visit = "2026/01/20/001234";
    private const string Other = "2026/01/20/001235";

    [Fact]
    [Trait("Spec", "A-151")]
    public async Task Whatever_happens_to_tasks_is_in_the_journal_as_its_type_is_registered()
    {
        var answers = new Queue<DeliveryOutcome>([new Delivered(), new Rejected("salah"), new Delivered(), new Rejected("salah lagi")]);
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(_ => answers.TryDequeue(out var answer) ? answer : new Delivered()));
        await using var app = await hospital.Serve();
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Services.GetRequiredService<DeliveryQueue>().Requeue(new RequeueFilter(Channel: "bpjs:default"), "api-key:loket", CancellationToken.None);
        await hospital.Settle();
        await hospital.Folder(Visit, sent: "07:10:00", received: "07:21:00");
        await hospital.Register(Other, clinic: "102", doctor: "D002");
        await hospital.Poll();
        await hospital.Build();
        await hospital.Khanza.Execute($"update reg_periksa set stts = 'Batal' where no_rawat = '{Other}'");
        await hospital.Poll();
        await hospital.Settle();
        await hospital.Khanza.Execute($"update reg_periksa set stts = 'Belum' where no_rawat = '{Other}'");
        await hospital.Poll();
        await hospital.Settle();

        var entries = new List<JournalEntry>();
        foreach (var stream in await hospital.Column("select stream_id from journal.streams order by stream_id"))
            entries.AddRange(await app.Services.GetRequiredService<ReadStream>().Run(new StreamId(stream)));

        Assert.Equal([$"antrean.visit:{hospital.Site.Id}/{Visit}", $"antrean.visit:{hospital.Site.Id}/{Other}"], entries.Select(e => e.Stream.Text).Distinct());
        Assert.Superset(
            new HashSet<string>(["antrean.TASK_CANCELLED", "antrean.TASK_CORRECTED", "antrean.TASK_FAILED", "antrean.TASK_HELD", "antrean.TASK_OBSERVED", "antrean.TASK_QUEUED", "antrean.TASK_RELEASED", "antrean.TASK_REQUEUED", "antrean.TASK_RESTORED", "antrean.TASK_SENT"]),
            entries.Select(e => e.Type).ToHashSet(StringComparer.Ordinal));
        Assert.All(entries, e => Assert.Equal(7, e.Id.Version));
        Assert.Equal(["API_KEY loket"], await hospital.Column("select actor_kind, performed_by from journal.entries where type = 'antrean.TASK_REQUEUED'"));
        await using var connection = await hospital.Db.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var tx = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        // Whoever appends by the program would be let through with every one of them.
        var again = await app.Services.GetRequiredService<AppendEntries>().Run(
            tx, [new StreamAppend(StreamId.Of("again", "all"), [.. entries.Select(e => new NewEntry(e.Type, e.PerformedBy, e.PerformedAt) { Metadata = e.Metadata })])], ct: TestContext.Current.CancellationToken);
        Assert.Equal(entries.Count, again.Value?.Entries.Count);
    }

    [Fact]
    public async Task Words_of_others_are_beside_the_journal_where_they_can_be_taken_out()
    {
        await using var hospital = await TestHospital.Open(with: ScriptedChannel.Answering(job => job.Step == 10 ? new Delivered() : new Rejected("Pasien Siti Aminah sudah pulang")));
        await using var app = await hospital.Serve();
        await hospital.FullVisit(Visit);
        await hospital.Poll();
        await hospital.Settle();
        var address = $"/api/antrean/visits/{Uri.EscapeDataString(Visit)}/history";

        Assert.Equal("201 Pasien Siti Aminah sudah pulang", (string?)(await app.Walk(address)).Single(e => (string?)e["event"] == "FAILED")["reason"]);
        Assert.Equal(0, await hospital.Scalar<long>("select count(*) from journal.entries e where e::text ~* 'siti|aminah'"));
        Assert.Equal(0, await hospital.Scalar<long>("select count(*) from journal.streams s where s::text ~* 'siti|aminah'"));

        await hospital.Owner("delete from antrean.entry_words");
        Assert.Null((string?)(await app.Walk(address)).Single(e => (string?)e["event"] == "FAILED")["reason"]);
    }
}
