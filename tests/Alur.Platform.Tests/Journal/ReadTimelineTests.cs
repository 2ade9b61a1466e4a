using Alur.Platform.Journal;

namespace Alur.Platform.Tests.Journal;

public sealed class ReadTimelineTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    private ReadTimeline Timeline => new(desk.Database.App, desk.Types);

    [Fact]
    [Trait("Spec", "C-126")]
    public async Task A_timeline_is_in_the_order_of_what_happened_then_of_versions_and_flags_what_was_entered_afterwards()
    {
        var visit = JournalDesk.NewVisit();
        var now = DateTimeOffset.UtcNow;
        await desk.Append(JournalDesk.To(visit,
            JournalDesk.Happened("VISIT_REGISTERED") with { PerformedAt = now }, JournalDesk.Happened() with { PerformedAt = now },
            JournalDesk.Happened() with { PerformedAt = now.AddHours(-2) }, JournalDesk.Happened() with { PerformedAt = now.AddMinutes(1) }));

        var timeline = await Timeline.Of(visit);

        Assert.Equal([3, 1, 2, 4], timeline.Select(t => t.Entry.Version));
        Assert.Equal([true, false, false, false], timeline.Select(t => t.Entry.BackDated));
    }

    [Fact]
    [Trait("Spec", "C-103")]
    public async Task A_timeline_shows_the_wrong_entry_and_what_corrects_it()
    {
        var visit = JournalDesk.NewVisit();
        await desk.Append(JournalDesk.To(visit, JournalDesk.Happened(), JournalDesk.Happened(minutes: 1)));
        await desk.Append(JournalDesk.To(visit, JournalDesk.Happened(minutes: 2) with { Corrects = 1, Description = "Another patient." }));
        await desk.Append(JournalDesk.To(visit, JournalDesk.Happened(minutes: 3) with { Corrects = 1, Description = "Another patient, number 12." }));

        Assert.Equal([(1, 4), (2, null), (3, null), (4, (int?)null)], (await Timeline.Of(visit)).Select(t => (t.Entry.Version, t.CorrectedBy)));
    }

    [Fact]
    public async Task A_subject_has_one_timeline_over_all_its_streams_page_by_page()
    {
        var subject = Guid.NewGuid().ToString("N");
        StreamId[] visits = [JournalDesk.NewVisit(), JournalDesk.NewVisit(), JournalDesk.NewVisit()];
        await desk.Append([.. visits.Select((visit, v) => JournalDesk.To(visit, [.. Enumerable.Range(0, 7).Select(i => JournalDesk.Happened(minutes: (i * 2) + v))]) with { SubjectId = subject })]);
        await desk.Append(JournalDesk.To(JournalDesk.NewVisit()) with { SubjectId = "somebody else" });

        var whole = await Timeline.OfSubjectId(subject);
        var pages = new List<TimelineEntry>();
        TimelinePlace? after = null;
        do
        {
            var page = await Timeline.OfSubjectId(subject, after, limit: 4);
            pages.AddRange(page);
            after = page.Count < 4 ? null : new TimelinePlace(page[^1].Entry.PerformedAt, page[^1].Entry.Position);
        }
        while (after is not null);

        Assert.Equal(21, whole.Count);
        Assert.Equal(whole.OrderBy(t => t.Entry.PerformedAt).ThenBy(t => t.Entry.Position), whole);
        Assert.Equal(whole, pages);
        Assert.Equal(visits.ToHashSet(), whole.Select(t => t.Entry.Stream).ToHashSet());
    }
}
