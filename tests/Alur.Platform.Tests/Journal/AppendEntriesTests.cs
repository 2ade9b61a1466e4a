using Alur.Platform.Identity;
using Alur.Platform.Journal;

namespace Alur.Platform.Tests.Journal;

public sealed class AppendEntriesTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    [Fact]
    [Trait("Spec", "C-135")]
    public async Task Versions_have_no_gaps_and_positions_ascend_with_them_whatever_the_ids()
    {
        var visit = JournalDesk.NewVisit();

        var first = (await desk.Append(JournalDesk.To(visit, JournalDesk.Happened("VISIT_REGISTERED"), JournalDesk.Happened()))).Value;
        var second = (await desk.Append(JournalDesk.To(visit))).Value;

        AppendedEntry[] all = [.. first.Entries, .. second.Entries];
        Assert.Equal([1, 2, 3], all.Select(e => e.Version));
        Assert.Equal(all.Select(e => e.Position).Order(), all.Select(e => e.Position));
        Assert.Equal(all.Select(e => (e.Position, e.Id, e.Version, e.RecordedAt)), (await desk.Read(visit)).Select(e => (e.Position, e.Id, e.Version, e.RecordedAt)));
    }

    [Fact]
    [Trait("Spec", "C-100"), Trait("Spec", "C-101")]
    public async Task A_request_over_several_streams_is_one_statement_and_stays_in_the_order_in_which_it_was_given()
    {
        StreamId[] visits = [JournalDesk.NewVisit(), JournalDesk.NewVisit(), JournalDesk.NewVisit()];
        StreamId[] shuffled = [.. visits.OrderByDescending(v => v.Text, StringComparer.Ordinal)];

        var result = await desk.Append([.. shuffled.Select(v => JournalDesk.To(v, JournalDesk.Happened("VISIT_REGISTERED"), JournalDesk.Happened(), JournalDesk.Happened("QUEUE_JOINED", 5)))]);

        var entries = result.Value.Entries;
        Assert.Equal(shuffled.SelectMany(v => Enumerable.Repeat(v, 3)), entries.Select(e => e.Stream));
        Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3], entries.Select(e => e.Version));
        Assert.Equal(entries.OrderBy(e => e.Position), entries);
    }

    [Fact]
    [Trait("Spec", "C-141")]
    public async Task Of_writers_who_expect_the_same_version_one_wins_and_the_others_learn_what_is_there_now()
    {
        var visit = JournalDesk.NewVisit();
        await desk.Append(JournalDesk.To(visit));

        var race = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => desk.Append(JournalDesk.To(visit) with { ExpectedVersion = 1 })));

        Assert.Single(race, r => r.Ok);
        Assert.All(race.Where(r => !r.Ok), r => Assert.Equal((visit, 2), (Assert.IsType<VersionConflict>(r.Error).Stream, ((VersionConflict)r.Error!).CurrentVersion)));
        Assert.Equal("VERSION_CONFLICT", race.First(r => !r.Ok).Error!.Code);
        Assert.Equal([1, 2], (await desk.Read(visit)).Select(e => e.Version));
    }

    [Fact]
    [Trait("Spec", "C-141")]
    public async Task Writers_who_expect_nothing_all_get_in_one_after_the_other()
    {
        var visit = JournalDesk.NewVisit();

        var all = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => desk.Append(JournalDesk.To(visit, JournalDesk.Happened(), JournalDesk.Happened()))));

        Assert.All(all, r => Assert.True(r.Ok));
        var read = await desk.Read(visit);
        Assert.Equal(Enumerable.Range(1, 24), read.Select(e => e.Version));
        Assert.Equal(read.Select(e => e.Position).Order(), read.Select(e => e.Position));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    public async Task A_stream_that_is_not_where_it_was_expected_refuses_the_whole_request_and_nothing_else(int expected, int current)
    {
        var (present, fresh) = (JournalDesk.NewVisit(), JournalDesk.NewVisit());
        await desk.Append(JournalDesk.To(present));
        await using var connection = await desk.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var append = new AppendEntries(desk.Types);

        var refused = await append.Run(tx, [JournalDesk.To(fresh), JournalDesk.To(present) with { ExpectedVersion = expected }], "refused");
        var accepted = await append.Run(tx, [JournalDesk.To(fresh) with { ExpectedVersion = 0 }]);
        await tx.CommitAsync();

        Assert.Equal((present, current), (Assert.IsType<VersionConflict>(refused.Error).Stream, ((VersionConflict)refused.Error).CurrentVersion));
        Assert.Equal(1, accepted.Value.Entries[0].Version);
        Assert.Single(await desk.Read(present));
        Assert.Single(await desk.Read(fresh));
    }

    [Fact]
    [Trait("Spec", "C-100")]
    public async Task What_is_rolled_back_was_never_appended()
    {
        var visit = JournalDesk.NewVisit();
        await using var connection = await desk.Database.App.OpenConnectionAsync();
        await using (var tx = await connection.BeginTransactionAsync())
        {
            Assert.True((await new AppendEntries(desk.Types).Run(tx, [JournalDesk.To(visit)], "rolled-back")).Ok);
            await tx.RollbackAsync();
        }

        var again = await desk.AppendOnce("rolled-back", JournalDesk.To(visit) with { ExpectedVersion = 0 });

        Assert.False(again.Value.Repeated);
        Assert.Single(await desk.Read(visit));
    }

    [Fact]
    public async Task Requests_that_name_the_same_streams_in_any_order_do_not_block_each_other_for_good()
    {
        StreamId[] visits = [.. Enumerable.Range(0, 6).Select(_ => JournalDesk.NewVisit())];

        var all = await Task.WhenAll(Enumerable.Range(0, 24).Select(i =>
            desk.Append([.. (i % 2 == 0 ? visits : visits.Reverse()).Select(v => JournalDesk.To(v) with { SubjectId = "s-" + v.Key })])));

        Assert.All(all, r => Assert.True(r.Ok));
        Assert.All(await Task.WhenAll(visits.Select(desk.Read)), entries => Assert.Equal(Enumerable.Range(1, 24), entries.Select(e => e.Version)));
    }

    [Fact]
    public async Task A_stream_stays_about_the_subject_it_began_with()
    {
        var visit = JournalDesk.NewVisit();
        await desk.Append(JournalDesk.To(visit) with { SubjectId = "subject-1" });

        var same = await desk.Append(JournalDesk.To(visit) with { SubjectId = "subject-1" });
        var other = await desk.Append(JournalDesk.To(visit) with { SubjectId = "subject-2" });

        Assert.True(same.Ok);
        Assert.Equal("SUBJECT_CONFLICT", other.Error!.Code);
        Assert.Equal(2, (await desk.Read(visit)).Count);
    }

    [Fact]
    [Trait("Spec", "C-103")]
    public async Task A_mistake_is_corrected_by_another_entry_of_the_same_stream_that_says_why()
    {
        var visit = JournalDesk.NewVisit();
        await desk.Append(JournalDesk.To(visit, JournalDesk.Happened(), JournalDesk.Happened()));

        var corrected = await desk.Append(JournalDesk.To(visit, JournalDesk.Happened() with { Corrects = 2, Description = "Wrong patient called." }));
        var ahead = await desk.Append(JournalDesk.To(visit, JournalDesk.Happened() with { Corrects = 4, Description = "Not there yet." }));
        var silent = await desk.Append(JournalDesk.To(visit, JournalDesk.Happened() with { Corrects = 2 }));

        Assert.Equal(2, (await desk.Read(visit))[^1].Corrects);
        Assert.Equal(3, corrected.Value.Entries[0].Version);
        Assert.Equal(["CORRECTED_ENTRY_UNKNOWN", "CORRECTION_WITHOUT_REASON"], [ahead.Error!.Code, silent.Error!.Code]);
        Assert.Equal(3, (await desk.Read(visit)).Count);
    }

    [Fact]
    [Trait("Spec", "C-122")]
    public async Task Nothing_is_recorded_anonymously_and_the_system_says_which_part_of_it_acted()
    {
        var visit = JournalDesk.NewVisit();

        var anonymous = await desk.Append(JournalDesk.To(visit, JournalDesk.Happened() with { PerformedBy = new Actor(null, ActorKind.User) }));
        await desk.Append(JournalDesk.To(visit, JournalDesk.Happened() with { PerformedBy = new Actor("clinic.reminders", ActorKind.System) }, JournalDesk.Happened()));

        Assert.Equal("ACTOR_MISSING", anonymous.Error!.Code);
        Assert.Equal([new Actor("clinic.reminders", ActorKind.System), JournalDesk.Nurse], (await desk.Read(visit)).Select(e => e.PerformedBy));
        Assert.Equal("YES", await desk.Ask<string>("select is_nullable::text from information_schema.columns where table_schema = 'journal' and table_name = 'entries' and column_name = 'performed_by'"));
    }

    [Fact]
    public async Task A_request_that_makes_no_sense_is_refused_before_it_reaches_the_database()
    {
        var visit = JournalDesk.NewVisit();
        async Task<string> Code(params StreamAppend[] streams) => (await desk.Append(streams)).Error!.Code;

        Assert.Equal("NOTHING_TO_APPEND", await Code());
        Assert.Equal("NOTHING_TO_APPEND", await Code(new StreamAppend(visit, [])));
        Assert.Equal("STREAM_TWICE", await Code(JournalDesk.To(visit), JournalDesk.To(visit)));
        Assert.Equal("STREAM_INVALID", await Code(JournalDesk.To(new StreamId("visit"))));
        Assert.Equal("STREAM_INVALID", await Code(JournalDesk.To(StreamId.Of("visit", "a\0b"))));
        Assert.Equal("APPEND_TOO_LARGE", await Code(new StreamAppend(visit, [.. Enumerable.Repeat(JournalDesk.Happened(), AppendEntries.Most + 1)])));
        Assert.Equal("COMMAND_ID_INVALID", (await desk.AppendOnce("", JournalDesk.To(visit))).Error!.Code);
        Assert.Equal("EVENT_TYPE_UNKNOWN", await Code(JournalDesk.To(visit, JournalDesk.Happened("VISIT_LOST"))));
        Assert.Empty(await desk.Read(visit));
    }

    [Fact]
    public async Task A_thousand_entries_of_a_thousand_streams_go_in_together()
    {
        var streams = Enumerable.Range(0, AppendEntries.Most).Select(_ => JournalDesk.To(JournalDesk.NewVisit()) with { ExpectedVersion = 0 }).ToArray();

        var result = await desk.AppendOnce("import-1", streams);

        Assert.Equal(streams.Select(s => (s.Stream, 1)), result.Value.Entries.Select(e => (e.Stream, e.Version)));
    }
}
