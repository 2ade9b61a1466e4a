using Alur.Platform.Journal;
using Npgsql;

namespace Alur.Platform.Tests.Journal;

public sealed class TailTests(JournalDesk desk) : IClassFixture<JournalDesk>
{
    private readonly AppendEntries _append = new(desk.Types);

    [Fact]
    public async Task Whoever_has_a_place_and_has_not_committed_holds_back_what_comes_after_it()
    {
        await using var reader = await Reader.Open(desk);
        await using var slow = await Begin();
        var early = await Append(slow);
        var late = (await desk.Append(JournalDesk.To(JournalDesk.NewVisit()))).Value.Entries[0].Position;

        Assert.Empty(await reader.Look());
        await slow.CommitAsync();

        Assert.Equal([early, late], await reader.Look());
    }

    [Fact]
    public async Task What_was_rolled_back_is_waited_for_no_longer()
    {
        await using var reader = await Reader.Open(desk);
        await using var slow = await Begin();
        await Append(slow);
        var late = (await desk.Append(JournalDesk.To(JournalDesk.NewVisit()))).Value.Entries[0].Position;

        Assert.Empty(await reader.Look());
        await slow.RollbackAsync();

        Assert.Equal([late], await reader.Look());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_transaction_that_is_prepared_for_two_phase_commit_is_waited_for_like_any_other(bool noted)
    {
        var (name, visit) = ($"alur-{Guid.NewGuid():N}", JournalDesk.NewVisit());
        await using var reader = await Reader.Open(desk);
        long early;
        await using (var prepared = await Begin())
        {
            early = await Append(prepared, visit);
            // Noted while it has a session and goes on without one; or met when it has none already.
            if (noted) Assert.Empty(await reader.Look());
            await Execute(prepared, $"prepare transaction '{name}'");
        }

        var late = (await desk.Append(JournalDesk.To(JournalDesk.NewVisit()))).Value.Entries[0].Position;
        for (var i = 0; i < 3; i++) Assert.Empty(await reader.Look());
        await JournalDesk.Execute(desk.Database.App, $"commit prepared '{name}'");

        Assert.Equal([early, late], await reader.LookTwice());
    }

    [Fact]
    public async Task Whoever_begins_after_the_note_does_not_hold_back_what_was_before()
    {
        await using var reader = await Reader.Open(desk);
        await using var first = await Begin();
        var early = await Append(first);
        Assert.Empty(await reader.Look());
        await using var second = await Begin();
        await Append(second);

        await first.CommitAsync();

        Assert.Equal([early], await reader.Look());
        Assert.Empty(await reader.Look());
        await second.RollbackAsync();
    }

    /// <summary>As after a crash of PostgreSQL, or with a new database: the look that leaves the mark keeps what it has noted.</summary>
    [Fact]
    public async Task The_first_look_of_all_notes_like_any_other()
    {
        await JournalDesk.Execute(desk.Database.Owner, "delete from journal.crash_mark");
        await using var reader = await Reader.Open(desk);
        await using var first = await Begin();
        var early = await Append(first);
        Assert.Empty(await reader.Look());
        await using var second = await Begin();
        await Append(second);

        await first.CommitAsync();

        Assert.Equal([early], await reader.Look());
        await second.RollbackAsync();
    }

    [Fact]
    public async Task What_was_written_while_somebody_was_waited_for_does_not_wait_for_those_who_came_after_it()
    {
        await using var reader = await Reader.Open(desk);
        await using var first = await Begin();
        var early = await Append(first);
        Assert.Empty(await reader.Look());
        var meanwhile = (await desk.Append(JournalDesk.To(JournalDesk.NewVisit()))).Value.Entries[0].Position;
        Assert.Empty(await reader.Look());
        await using var after = await Begin();
        await Append(after);

        await first.CommitAsync();

        Assert.Equal([early, meanwhile], await reader.Look());
        await after.RollbackAsync();
    }

    [Fact]
    public async Task Long_transactions_that_only_read_the_journal_or_write_elsewhere_hold_nothing_back()
    {
        await using var reader = await Reader.Open(desk);
        await using var elsewhere = await Begin();
        await Execute(elsewhere, "select count(*) from journal.entries");
        await Execute(elsewhere, "insert into platform.leases (name, holder, epoch, until) values (gen_random_uuid()::text, 'me', 1, now())");

        var position = (await desk.Append(JournalDesk.To(JournalDesk.NewVisit()))).Value.Entries[0].Position;

        Assert.Equal([position], await reader.Look());
    }

    [Fact]
    public async Task A_follower_gets_what_is_committed_from_where_it_wants_to_begin()
    {
        var visit = JournalDesk.NewVisit();
        await desk.Append(JournalDesk.To(visit));
        var tail = new JournalTail(desk.Database.App, desk.Types);
        var end = await tail.End();
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var follow = Task.Run(async () =>
        {
            var versions = new List<int>();
            await foreach (var entry in tail.Follow(end, enough.Token))
            {
                if (entry.Stream == visit) versions.Add(entry.Version);
                if (versions.Count == 3) break;
            }

            return versions;
        });

        await desk.Append(JournalDesk.To(visit, JournalDesk.Happened(), JournalDesk.Happened()));
        await desk.Append(JournalDesk.To(visit));

        Assert.Equal([2, 3, 4], await follow);
    }

    private async Task<NpgsqlTransaction> Begin() => await (await desk.Database.App.OpenConnectionAsync()).BeginTransactionAsync();

    private async Task<long> Append(NpgsqlTransaction tx, StreamId? visit = null) =>
        (await _append.Run(tx, [JournalDesk.To(visit ?? JournalDesk.NewVisit())])).Value.Entries[0].Position;

    private static async Task Execute(NpgsqlTransaction tx, string sql)
    {
        await using var command = new NpgsqlCommand(sql, tx.Connection, tx);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One reader that begins at the journal's end.</summary>
    private sealed class Reader(NpgsqlConnection connection, JournalTail tail, long place) : IAsyncDisposable
    {
        private readonly TailHorizon _horizon = new();
        private long _place = place;

        public static async Task<Reader> Open(JournalDesk desk)
        {
            var tail = new JournalTail(desk.Database.App, desk.Types);
            return new Reader(await desk.Database.App.OpenConnectionAsync(), tail, await tail.End());
        }

        /// <summary>The positions that are new.</summary>
        public async Task<IEnumerable<long>> Look()
        {
            var page = await tail.Look(connection, _horizon, _place, only: null, 100, CancellationToken.None);
            _place = page.ReadTo;
            return page.Entries.Select(e => e.Position);
        }

        /// <summary>The first look ends the waiting for those noted, the second may find what came later.</summary>
        public async Task<IEnumerable<long>> LookTwice() => [.. await Look(), .. await Look()];

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
