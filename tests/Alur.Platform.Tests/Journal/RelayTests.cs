using Alur.Platform.Audit;
using Alur.Platform.Doctor;
using Alur.Platform.Journal;
using Alur.Platform.Leases;

namespace Alur.Platform.Tests.Journal;

public sealed class RelayTests : IAsyncLifetime
{
    private const string Name = "test.relay";

    private const string OpenTransactions = """
        select count(*) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and usename = 'alur_app' and state like 'idle in transaction%'
        """;

    private readonly JournalDesk _desk = new();

    private LeaseStore Leases => new(_desk.Database.App);

    public ValueTask InitializeAsync() => _desk.InitializeAsync();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task A_relay_tells_everything_in_order_and_its_place_moves_afterwards()
    {
        var visit = await Fill(23);
        var places = new List<long>();
        var relay = new Relay { Batch = 5, Telling = async _ => places.Add((await Status()).Position) };

        Assert.Equal(23, await Run(relay));

        Assert.Equal(Enumerable.Range(1, 23), relay.Told);
        Assert.Equal([0, .. (await _desk.Read(visit)).Where(e => e.Version is 5 or 10 or 15 or 20).Select(e => e.Position)], places);
        Assert.Equal((await _desk.Read(visit))[^1].Position, (await Status()).Position);
        Assert.Equal(0, await Run(relay));
    }

    [Fact]
    public async Task While_it_tells_no_transaction_is_open_and_everything_else_goes_on()
    {
        await Fill(3);
        var entered = new TaskCompletionSource();
        var answered = new TaskCompletionSource();
        var running = Run(new Relay { Telling = async _ => { entered.SetResult(); await answered.Task; } });
        await entered.Task;

        Assert.Equal(0, await _desk.Ask<long>(OpenTransactions));
        Assert.True((await _desk.Append(JournalDesk.To(JournalDesk.NewVisit()))).Ok);
        Assert.True((await Consumers().Pause(Name, AuditOrigin.System)).Ok);
        Assert.False(running.IsCompleted);
        answered.SetResult();

        Assert.Equal(3, await running);
        Assert.Equal(("PAUSED", 1), ((await Status()).State, (await Status()).Behind));
    }

    [Fact]
    public async Task Whoever_is_away_is_waited_for_visibly_and_asked_again_only_when_it_is_time()
    {
        await Fill(4);
        var (relay, asked) = (new Relay(), 0);
        relay.Telling = _ => { asked++; throw new RelayWaitsException("Nobody answers at kafka:9092."); };
        var pump = Pump(relay, longestPause: TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<RelayWaitsException>(() => Run(pump));
        var first = await Status();
        await Assert.ThrowsAsync<RelayWaitsException>(() => Run(pump));

        Assert.Equal(1, asked);
        Assert.Equal(("RUNNING", 0L, 4, "Nobody answers at kafka:9092."), (first.State, first.Position, first.Behind, first.WaitsFor));
        var finding = Assert.Single(await new CheckJournal().Run(new DoctorRound(null, _desk.Database.App), CancellationToken.None));
        Assert.Equal(("journal.waits", FindingLevel.Warning), (finding.Check, finding.Level));
        Assert.Contains("Nobody answers at kafka:9092.", finding.Found.English, StringComparison.Ordinal);

        relay.Telling = _ => Task.CompletedTask;
        Assert.Equal(4, await Run(relay));
        Assert.Null((await Status()).WaitsSince);
    }

    [Fact]
    public async Task What_cannot_be_told_stops_it_at_that_entry_and_nothing_is_left_out_by_itself()
    {
        await Fill(9);
        var relay = new Relay { Batch = 4, Refuses = 6 };

        var stopped = await Assert.ThrowsAsync<ConsumerStoppedException>(() => Run(relay));

        Assert.Contains("test.relay stopped at the entry", stopped.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 5), relay.Told);
        var status = await Status();
        Assert.Equal(("FAILED", 4), (status.State, status.Behind));
        Assert.Contains("Too large.", status.Error, StringComparison.Ordinal);
        Assert.Equal(0, await Run(relay));

        await Consumers().Reset(Name, status.FailedPosition!.Value, AuditOrigin.System);
        await Consumers().Resume(Name, AuditOrigin.System);
        await Run(relay);
        Assert.Equal([1, 2, 3, 4, 5, 7, 8, 9], relay.Told);
    }

    [Fact]
    public async Task Put_elsewhere_while_it_tells_it_goes_on_from_there()
    {
        await Fill(3);
        var relay = new Relay();
        await Run(relay);
        await Fill(1);
        relay.Telling = async _ => await Consumers().Reset(Name, 0, AuditOrigin.System);

        await Run(relay);
        relay.Telling = _ => Task.CompletedTask;
        await Run(relay);

        Assert.Equal([1, 2, 3, 1, 1, 2, 3, 1], relay.Told);
    }

    [Fact]
    public async Task Whoever_lost_the_lease_meanwhile_does_not_move_the_place()
    {
        await Fill(4);
        var mine = (await Leases.TryTake("journal." + Name, "frozen", TimeSpan.FromMinutes(1)))!;
        var relay = new Relay();
        relay.Telling = async _ => await Leases.Release(mine);

        Assert.Equal(4, await Pump(relay).RunOnce(mine, CancellationToken.None));
        Assert.Equal(0, (await Status()).Position);
        Assert.Equal(0, await Pump(relay).RunOnce(mine, CancellationToken.None));

        relay.Telling = _ => Task.CompletedTask;
        Assert.Equal(4, await Run(relay));
        Assert.Equal(0, (await Status()).Behind);
    }

    [Fact]
    public async Task The_lease_is_looked_at_once_more_after_others_were_cut_off()
    {
        await Fill(4);
        var mine = (await Leases.TryTake("journal." + Name, "frozen", TimeSpan.FromMinutes(1)))!;
        var epochs = new List<long>();
        var relay = new Relay { Opening = async epoch => { epochs.Add(epoch); await Leases.Release(mine); } };

        Assert.Equal(0, await Pump(relay).RunOnce(mine, CancellationToken.None));

        Assert.Equal([mine.Epoch], epochs);
        Assert.Empty(relay.Told);
    }

    [Fact]
    public async Task What_the_database_says_of_itself_stops_nothing()
    {
        await Fill(1);
        var relay = new Relay { Opening = _ => JournalDesk.Execute(_desk.Database.Owner, "do $$ begin raise exception 'somebody was in the way' using errcode = 'deadlock_detected'; end $$") };

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Run(relay));

        Assert.Equal(("RUNNING", 1), ((await Status()).State, (await Status()).Behind));
        Assert.Equal(1, await Run(new Relay()));
    }

    [Fact]
    public async Task It_builds_nothing_so_nothing_can_be_built_anew()
    {
        var refused = await new JournalConsumers(_desk.Database.App, [new Relay()]).Rebuild(Name, AuditOrigin.System);

        Assert.Equal("CONSUMER_STAYS", refused.Error!.Code);
        Assert.Contains("./alur journal reset test.relay --to 0", refused.Error.Message, StringComparison.Ordinal);
    }

    private async Task<StreamId> Fill(int count)
    {
        var visit = JournalDesk.NewVisit();
        await _desk.Append(JournalDesk.To(visit, [.. Enumerable.Range(0, count).Select(_ => JournalDesk.Happened())]));
        return visit;
    }

    private Task<int> Run(Relay relay) => Run(Pump(relay));

    private async Task<int> Run(RelayPump pump)
    {
        var grant = (await Leases.TryTake("journal." + Name, "node", TimeSpan.FromMinutes(1)))!;
        try
        {
            return await pump.RunOnce(grant, CancellationToken.None);
        }
        finally
        {
            await Leases.Release(grant);
        }
    }

    private RelayPump Pump(Relay relay, TimeSpan? longestPause = null) => new(relay, _desk.Database.App, new JournalTail(_desk.Database.App, _desk.Types), longestPause);

    private JournalConsumers Consumers() => new(_desk.Database.App, []);

    private async Task<ConsumerStatus> Status() => Assert.Single(await Consumers().List());

    /// <summary>Remembers the versions that it was given, and those of each batch that it refuses not at all.</summary>
    private sealed class Relay : IJournalRelay
    {
        public string Name => RelayTests.Name;

        public int Batch { get; init; } = 500;

        public int? Refuses { get; init; }

        public Func<IReadOnlyList<JournalEntry>, Task> Telling { get; set; } = _ => Task.CompletedTask;

        public Func<long, Task> Opening { get; init; } = _ => Task.CompletedTask;

        public List<int> Told { get; } = [];

        public Task Open(long epoch, CancellationToken ct) => Opening(epoch);

        public async Task Send(IReadOnlyList<JournalEntry> entries, CancellationToken ct)
        {
            await Telling(entries);
            if (entries.Any(e => e.Version == Refuses)) throw new InvalidOperationException("Too large.");
            Told.AddRange(entries.Select(e => e.Version));
        }
    }
}
