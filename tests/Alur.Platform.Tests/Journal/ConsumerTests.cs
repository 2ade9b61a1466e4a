using Alur.Platform.Audit;
using Alur.Platform.Journal;
using Alur.Platform.Leases;
using Npgsql;

namespace Alur.Platform.Tests.Journal;

public sealed class ConsumerTests : IAsyncLifetime
{
    private readonly JournalDesk _desk = new();

    private LeaseStore Leases => new(_desk.Database.App);

    public async ValueTask InitializeAsync()
    {
        await _desk.InitializeAsync();
        await JournalDesk.Execute(_desk.Database.Owner, "create table journal.board (stream text not null, version int not null, position bigint not null)");
        await JournalDesk.Execute(_desk.Database.Owner, "grant select, insert, delete on journal.board to alur_app");
    }

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task A_consumer_handles_everything_once_and_in_order_whoever_runs_it()
    {
        var visit = JournalDesk.NewVisit();
        await Fill(visit, 23);
        var board = new Board { Batch = 5 };

        Assert.Equal(23, await Run(board, "node-1"));
        await Fill(visit, 4);
        Assert.Equal(4, await Run(board, "node-2"));

        Assert.Equal(0, await Run(board, "node-1"));
        Assert.Equal(Enumerable.Range(1, 27), await Built());
    }

    [Fact]
    public async Task A_consumer_that_asked_for_some_types_gets_past_the_others()
    {
        var visit = JournalDesk.NewVisit();
        await _desk.Append(JournalDesk.To(visit, JournalDesk.Happened("VISIT_REGISTERED"), JournalDesk.Happened(), JournalDesk.Happened("VISIT_REGISTERED"), JournalDesk.Happened()));

        Assert.Equal(2, await Run(new Board { Types = ["VISIT_REGISTERED"] }));

        await AssertBuilt([1, 3]);
        Assert.Equal(await _desk.Ask<long>("select max(position) from journal.entries"), (await Status()).Position);
    }

    [Fact]
    public async Task A_consumer_that_fails_stops_at_that_entry_and_says_so()
    {
        await Fill(JournalDesk.NewVisit(), 9);
        var board = new Board { Batch = 4, Refuses = 6 };

        var stopped = await Assert.ThrowsAsync<ConsumerStoppedException>(() => Run(board));
        Assert.Equal(0, await Run(board));

        var status = await Status();
        Assert.Equal(("FAILED", 4), (status.State, status.Behind));
        Assert.Equal(await _desk.Ask<long>("select position from journal.entries where version = 6"), status.FailedPosition);
        Assert.Contains("The board has no room.", status.Error, StringComparison.Ordinal);
        Assert.Contains("test.board stopped at the entry", stopped.Message, StringComparison.Ordinal);
        await AssertBuilt([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task Resumed_it_tries_the_same_entry_again_and_reset_it_goes_on_behind_it()
    {
        await Fill(JournalDesk.NewVisit(), 5);
        var board = new Board { Refuses = 3 };
        await Assert.ThrowsAsync<ConsumerStoppedException>(() => Run(board));

        await Consumers(board).Resume(board.Name, AuditOrigin.System);
        await Assert.ThrowsAsync<ConsumerStoppedException>(() => Run(board));
        await Consumers(board).Reset(board.Name, (await Status()).FailedPosition!.Value, AuditOrigin.System);
        Assert.Equal("PAUSED", (await Status()).State);
        Assert.Equal(0, await Run(board));
        await Consumers(board).Resume(board.Name, AuditOrigin.System);
        await Run(board);

        Assert.Equal(("RUNNING", 0, null), ((await Status()).State, (await Status()).Behind, (await Status()).Error));
        await AssertBuilt([1, 2, 4, 5]);
    }

    [Fact]
    [Trait("Spec", "C-115")]
    public async Task Rebuilt_it_forgets_what_it_built_and_comes_to_the_same_again()
    {
        await Fill(JournalDesk.NewVisit(), 8);
        var board = new Board { Batch = 3 };
        await Run(board);
        await JournalDesk.Execute(_desk.Database.Owner, "update journal.board set version = 100 where version = 4");

        Assert.True((await Consumers(board).Rebuild(board.Name, AuditOrigin.System)).Ok);
        Assert.Empty(await Built());
        await Run(board);

        Assert.Equal(Enumerable.Range(1, 8), await Built());
    }

    [Fact]
    public async Task It_cannot_be_put_where_nothing_has_happened_yet()
    {
        var board = new Board();
        await Fill(JournalDesk.NewVisit(), 2);
        var newest = await _desk.Ask<long>("select max(position) from journal.entries");
        await Run(board);

        Assert.Equal("POSITION_INVALID", (await Consumers(board).Reset(board.Name, newest + 1, AuditOrigin.System)).Error!.Code);
        Assert.True((await Consumers(board).Reset(board.Name, newest, AuditOrigin.System)).Ok);
        await Fill(JournalDesk.NewVisit(), 1);

        Assert.Equal(1, await Run(board));
    }

    [Fact]
    public async Task Paused_it_stays_where_it_is()
    {
        var board = new Board();
        await Run(board);
        await Consumers(board).Pause(board.Name, AuditOrigin.System);
        await Fill(JournalDesk.NewVisit(), 3);

        Assert.Equal(0, await Run(board));

        Assert.Equal(("PAUSED", 3), ((await Status()).State, (await Status()).Behind));
        Assert.Equal("CONSUMER_UNKNOWN", (await Consumers(board).Pause("test.other", AuditOrigin.System)).Error!.Code);
        Assert.Equal("CONSUMER_UNKNOWN", (await Consumers(board).Rebuild("test.other", AuditOrigin.System)).Error!.Code);
        Assert.Equal("POSITION_INVALID", (await Consumers(board).Reset(board.Name, -1, AuditOrigin.System)).Error!.Code);
    }

    [Fact]
    public async Task The_past_can_be_left_out_before_it_runs_for_the_first_time()
    {
        await Fill(JournalDesk.NewVisit(), 3);
        var newest = await _desk.Ask<long>("select max(position) from journal.entries");
        var board = new Board();

        Assert.True((await Consumers(board).Pause(board.Name, AuditOrigin.System)).Ok);
        Assert.Equal(0, await Run(board));
        Assert.Equal("POSITION_INVALID", (await Consumers(board).Reset(board.Name, newest + 1, AuditOrigin.System)).Error!.Code);
        Assert.True((await Consumers(board).Reset(board.Name, newest, AuditOrigin.System)).Ok);
        Assert.True((await Consumers(board).Resume(board.Name, AuditOrigin.System)).Ok);
        await Fill(JournalDesk.NewVisit(), 2);

        Assert.Equal(2, await Run(board));
        await AssertBuilt([1, 2]);
    }

    [Fact]
    public async Task A_place_before_it_runs_for_the_first_time_is_where_it_begins()
    {
        await Fill(JournalDesk.NewVisit(), 3);
        var board = new Board();

        Assert.True((await Consumers(board).Reset(board.Name, await _desk.Ask<long>("select max(position) from journal.entries"), AuditOrigin.System)).Ok);

        Assert.Equal(0, await Run(board));
        Assert.Equal("CONSUMER_UNKNOWN", (await Consumers(board).Reset("test.other", 0, AuditOrigin.System)).Error!.Code);
    }

    [Fact]
    public async Task Whoever_has_lost_the_lease_does_nothing_any_more()
    {
        await Fill(JournalDesk.NewVisit(), 4);
        var board = new Board();
        var old = (await Leases.TryTake("journal.test.board", "frozen", TimeSpan.FromMinutes(1)))!;
        await Leases.Release(old);
        var mine = (await Leases.TryTake("journal.test.board", "next", TimeSpan.FromMinutes(1)))!;

        Assert.Equal(0, await Pump(board).RunOnce(old, CancellationToken.None));
        Assert.Equal(4, await Pump(board).RunOnce(mine, CancellationToken.None));

        await AssertBuilt([1, 2, 3, 4]);
    }

    [Fact]
    public async Task What_the_database_says_of_itself_stops_nothing()
    {
        await Fill(JournalDesk.NewVisit(), 3);
        var board = new Board { Trouble = "do $$ begin raise exception 'somebody was in the way' using errcode = 'deadlock_detected'; end $$" };

        await Assert.ThrowsAsync<PostgresException>(() => Run(board));
        Assert.Equal("RUNNING", (await Status()).State);
        board.Trouble = null;
        await Run(board);

        await AssertBuilt([1, 2, 3]);
    }

    private async Task Fill(StreamId visit, int count) => await _desk.Append(JournalDesk.To(visit, [.. Enumerable.Range(0, count).Select(_ => JournalDesk.Happened())]));

    private async Task<int> Run(Board board, string node = "node")
    {
        var grant = (await Leases.TryTake("journal.test.board", node, TimeSpan.FromMinutes(1)))!;
        try
        {
            return await Pump(board).RunOnce(grant, CancellationToken.None);
        }
        finally
        {
            await Leases.Release(grant);
        }
    }

    private ConsumerPump Pump(Board board) => new(board, _desk.Database.App, new JournalTail(_desk.Database.App, _desk.Types));

    private JournalConsumers Consumers(Board board) => new(_desk.Database.App, [board]);

    private async Task<ConsumerStatus> Status() => Assert.Single(await new JournalConsumers(_desk.Database.App, []).List());

    private async Task AssertBuilt(params int[] versions) => Assert.Equal(versions, await Built());

    private Task<int[]> Built() => _desk.Ask<int[]>("select coalesce(array_agg(version order by position), '{}') from journal.board");

    /// <summary>Keeps a row for each entry that it was given.</summary>
    private sealed class Board : IJournalConsumer
    {
        public string Name => "test.board";

        public IReadOnlyCollection<string>? Types { get; init; }

        public int Batch { get; init; } = 500;

        public int? Refuses { get; init; }

        public string? Trouble { get; set; }

        public async Task Handle(NpgsqlTransaction tx, IReadOnlyList<JournalEntry> entries, CancellationToken ct)
        {
            foreach (var entry in entries)
            {
                await Execute(tx, $"insert into journal.board values ('{entry.Stream}', {entry.Version}, {entry.Position})", ct);
                if (entry.Version == Refuses) throw new InvalidOperationException("The board has no room.");
            }

            if (Trouble is not null) await Execute(tx, Trouble, ct);
        }

        public Task Clear(NpgsqlTransaction tx, CancellationToken ct) => Execute(tx, "delete from journal.board", ct);

        private static async Task Execute(NpgsqlTransaction tx, string sql, CancellationToken ct)
        {
            await using var command = new NpgsqlCommand(sql, tx.Connection, tx);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
