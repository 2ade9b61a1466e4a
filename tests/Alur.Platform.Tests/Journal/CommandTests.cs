using Alur.Platform.Journal;

namespace Alur.Platform.Tests.Journal;

public sealed class CommandTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    [Fact]
    public async Task A_command_that_comes_again_is_answered_with_what_it_did_and_appends_nothing()
    {
        var (visit, other) = (JournalDesk.NewVisit(), JournalDesk.NewVisit());
        StreamAppend[] request = [JournalDesk.To(visit, JournalDesk.Happened("VISIT_REGISTERED"), JournalDesk.Happened()) with { ExpectedVersion = 0 }, JournalDesk.To(other)];
        var first = await desk.AppendOnce("register-1", request);
        await desk.Append(JournalDesk.To(visit));

        var again = await desk.AppendOnce("register-1", request);

        Assert.Equal((false, true), (first.Value.Repeated, again.Value.Repeated));
        Assert.Equal(first.Value.Entries, again.Value.Entries);
        Assert.Equal(3, (await desk.Read(visit)).Count);
    }

    [Fact]
    public async Task The_same_command_from_everywhere_at_once_is_carried_out_once()
    {
        var visit = JournalDesk.NewVisit();

        var all = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => desk.AppendOnce("everywhere", JournalDesk.To(visit))));

        Assert.Single(all, r => !r.Value.Repeated);
        Assert.Single(all.Select(r => r.Value.Entries.Single()).Distinct());
        Assert.Single(await desk.Read(visit));
    }

    [Fact]
    public async Task A_command_id_cannot_be_used_for_something_else()
    {
        var visit = JournalDesk.NewVisit();
        await desk.AppendOnce("pay-7", JournalDesk.To(visit));

        NewEntry[] differing =
        [
            JournalDesk.Happened("VISIT_REGISTERED"), JournalDesk.Happened(minutes: 1), JournalDesk.Happened() with { Description = "" },
            JournalDesk.Happened() with { Metadata = "{}" }, JournalDesk.Happened() with { CorrelationId = Guid.NewGuid() },
        ];
        var refused = await Task.WhenAll(differing.Select(entry => desk.AppendOnce("pay-7", JournalDesk.To(visit, entry))));
        var elsewhere = await desk.AppendOnce("pay-7", JournalDesk.To(JournalDesk.NewVisit()));

        Assert.All([.. refused, elsewhere], r => Assert.Equal("COMMAND_REUSED", r.Error!.Code));
        Assert.Single(await desk.Read(visit));
    }
}
